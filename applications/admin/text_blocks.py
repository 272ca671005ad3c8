"""Text blocks: kept by case officers and administrators, read by all who see cases."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.forms.admin_correction import TextBlockForm
from applications.gap_sentences import field_label
from applications.models import TextBlock
from applications.services.text_blocks import block_sign, save_text_block
from buendnisse.admin_pages import ActionPage
from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.roles import Right
from buendnisse.seen import ChangedMeanwhile


def may_keep_blocks(user: Any) -> bool:
    return isinstance(user, User) and user.may(Right.KEEP_TEXT_BLOCKS)


class TextBlockPage(ActionPage):
    """Adding a text block, or changing one."""

    form_class = TextBlockForm  # type: ignore[assignment]
    submit_label = _("Speichern")

    def load(self) -> HttpResponse | None:
        if not may_keep_blocks(self.user):
            raise PermissionDenied
        self.block = None
        if "object_id" in self.kwargs:
            key = read_key(self.kwargs["object_id"])
            self.block = TextBlock.objects.filter(pk=key).first() if key else None
            if self.block is None:
                raise Http404
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": self.block, "seen": block_sign(self.block) if self.block else ""}

    def page_title(self) -> str:
        return _t("Textbaustein ändern") if self.block else _t("Textbaustein anlegen")

    def perform(self, form: TextBlockForm) -> str:
        try:
            block = save_text_block(
                block=form.save(commit=False),
                acting_user=self.user,
                now=self.now,
                seen=form.cleaned_data["seen"],
            )
        except ChangedMeanwhile:
            form.show_again(block_sign(TextBlock.objects.get(pk=form.instance.pk)))
            raise
        return _t("Der Textbaustein „%(title)s“ ist gespeichert.") % {"title": block.title}


@admin.register(TextBlock)
class TextBlockAdmin(ReadOnlyAdmin):
    list_display = ("title", "field_words", "is_active", "updated_by", "updated_at")
    list_filter = ("is_active",)
    list_select_related = ("updated_by",)
    search_fields = ("title", "words")
    fields = ("title", "words", "field_words", "is_active", "updated_by", "updated_at")
    ordering = ("title", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_keep_blocks(request.user)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return TextBlockPage.as_view(model_admin=self)(request)  # type: ignore[return-value]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form for those who keep text blocks; for all others their words, to read."""
        if may_keep_blocks(request.user):
            page = TextBlockPage.as_view(model_admin=self)
            return page(request, object_id=object_id)  # type: ignore[return-value]
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("Feld"), ordering="field")
    def field_words(self, block: TextBlock) -> str:
        return field_label(block.field) if block.field else _t("Anschreiben")
