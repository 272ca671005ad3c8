"""Text as people type it: kept as it is, or refused with a sentence that says where."""

import unicodedata
from typing import Any, Final

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Turn text around on the screen: what is read is then not what is stored.
_DIRECTION_OVERRIDES: Final = frozenset("\u202d\u202e")
_LINE_BREAKS: Final = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n"})
_SHOWN_BEFORE: Final = 20


class PlainTextField(forms.CharField):
    """A text of at most `max_length` characters; one line, or several with `multiline=True`.

    Line breaks become "\\n" before they are counted, as browsers count them. Refused, with the
    place: control characters (NUL, escape, tab in a single line …), halves of characters, direction
    overrides, and a line break in a single line. Other characters stay as typed, those that join or
    separate letters in other scripts too.
    """

    default_error_messages = {
        "max_length": _(
            "Der Text hat %(show_value)s Zeichen, möglich sind höchstens %(limit_value)s. "
            "Bitte kürzen Sie ihn."
        ),
        "min_length": _(
            "Der Text hat %(show_value)s Zeichen, nötig sind mindestens %(limit_value)s. "
            "Bitte schreiben Sie etwas mehr."
        ),
        "line_break": _("Hier ist nur eine Zeile möglich. Bitte entfernen Sie den Zeilenumbruch."),
        "control_character": _(
            "Der Text enthält an Stelle %(position)d ein unsichtbares Steuerzeichen "
            "(%(code_point)s), das nicht gespeichert werden kann. Bitte löschen Sie dort das "
            "Zeichen und tippen Sie die Stelle neu."
        ),
        "control_character_after": _(
            "Der Text enthält nach „%(before)s“ (Stelle %(position)d) ein unsichtbares "
            "Steuerzeichen (%(code_point)s), das nicht gespeichert werden kann. Bitte löschen Sie "
            "dort das Zeichen und tippen Sie die Stelle neu."
        ),
    }

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea)
        super().__init__(max_length=max_length, **kwargs)
        # CharField's own messages for lengths need a number to choose the plural; ours do not.
        for validator in self.validators:
            code = getattr(validator, "code", "")
            if code in {"max_length", "min_length"}:
                validator.message = self.error_messages[code]  # type: ignore[attr-defined]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without ``maxlength``: with it, browsers cut off what somebody pastes and say nothing.
        We take it, and say how much is too much.
        """
        attrs: dict[str, Any] = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs

    def to_python(self, value: Any) -> Any:
        """Return the text with its line breaks as "\\n"; refuses with `ValidationError`."""
        if isinstance(value, str):
            value = value.replace("\r\n", "\n").translate(_LINE_BREAKS)
            # First, so that what is said counts from the beginning of what was typed.
            self._refuse_control_characters(value)
        text = super().to_python(value)
        if not self.multiline and isinstance(text, str) and "\n" in text:
            raise ValidationError(self.error_messages["line_break"], code="line_break")
        return text

    def run_validators(self, value: Any) -> None:
        """Refuse, with `ValidationError`, what is too long or too short; "4.312" reads at once."""
        try:
            super().run_validators(value)
        except ValidationError as errors:
            for error in errors.error_list:
                error.params = {
                    name: intcomma(param) if isinstance(param, int) else param
                    for name, param in (error.params or {}).items()
                }
            raise

    def _refuse_control_characters(self, text: str) -> None:
        for index, char in enumerate(text):
            if char == "\n" or (char == "\t" and self.multiline) or not _is_control(char):
                continue
            before = " ".join(text[max(index - _SHOWN_BEFORE, 0) : index].split())
            code = "control_character_after" if before else "control_character"
            raise ValidationError(
                self.error_messages[code],
                code="control_character",
                params={
                    "position": index + 1,
                    "before": before,
                    "code_point": f"U+{ord(char):04X}",
                },
            )


def _is_control(char: str) -> bool:
    if char in _DIRECTION_OVERRIDES or ord(char) & 0xFFFE == 0xFFFE:
        return True
    return unicodedata.category(char) in {"Cc", "Cs"}
