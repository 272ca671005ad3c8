"""People, alliances and mail as the ministry sees them."""

from allauth.account import admin as account_admin  # registers addresses, before they go again
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # registers the groups, before they go again
from django.contrib.auth.models import Group

from buendnisse.admin.alliance import AllianceAdmin
from buendnisse.admin.mail import OutgoingMailAdmin
from buendnisse.admin.user import UserAdmin

# Roles are given on a person's page; what a role may look at is code, not data.
admin.site.unregister(Group)
# Addresses are confirmed by their owners, who get to them through their account.
admin.site.unregister(EmailAddress)

__all__ = ["AllianceAdmin", "OutgoingMailAdmin", "UserAdmin", "account_admin", "auth_admin"]
