"""People, alliances and mail as the ministry sees them."""

from allauth.account import admin as account_admin  # registers addresses, before they go again
from allauth.account.models import EmailAddress
from allauth.mfa import admin as mfa_admin  # registers second factors, before they go again
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as sessions_admin  # registers sessions, likewise
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # registers the groups, before they go again
from django.contrib.auth.models import Group

from buendnisse.admin import mail_kinds
from buendnisse.admin.alliance import AllianceAdmin
from buendnisse.admin.change_record import ChangeRecordAdmin
from buendnisse.admin.export_record import ExportRecordAdmin
from buendnisse.admin.mail import OutgoingMailAdmin
from buendnisse.admin.role_grant import RoleGrantAdmin
from buendnisse.admin.user import UserAdmin

# Roles are given on a person's page; what a role may look at is code, not data.
admin.site.unregister(Group)
# Addresses are confirmed by their owners, who get to them through their account.
admin.site.unregister(EmailAddress)
# Second factors and devices are for their owners alone.
admin.site.unregister(Authenticator)
admin.site.unregister(UserSession)

__all__ = [
    "AllianceAdmin",
    "ChangeRecordAdmin",
    "ExportRecordAdmin",
    "OutgoingMailAdmin",
    "RoleGrantAdmin",
    "UserAdmin",
    "account_admin",
    "auth_admin",
    "mail_kinds",
    "mfa_admin",
    "sessions_admin",
]
