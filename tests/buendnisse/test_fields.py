import pytest
from django import forms

from buendnisse.forms.fields import PlainTextField


class TitleForm(forms.Form):
    title = PlainTextField(max_length=20)


class SummaryForm(forms.Form):
    summary = PlainTextField(max_length=10, min_length=3, multiline=True, required=False)


def errors_of(form: forms.Form) -> dict[str, list[str]]:
    return {name: list(messages) for name, messages in form.errors.items()}


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("  Café „Willkommen“ ", "Café „Willkommen“"),
        ("مقهى اللقاء", "مقهى اللقاء"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_plain_text_keeps_what_was_typed(typed, stored):
    form = TitleForm({"title": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"title": stored}


@pytest.mark.parametrize(
    "typed, place, code_point",
    [
        ("Café\x00Treff", "nach „Café“ (Stelle 5)", "U+0000"),
        ("a\tb", "nach „a“ (Stelle 2)", "U+0009"),
        ("\x1b[31m", "an Stelle 1", "U+001B"),
        ("Treff\u202eeflih", "nach „Treff“ (Stelle 6)", "U+202E"),
        ("x\ud800", "nach „x“ (Stelle 2)", "U+D800"),
        ("x\ufffe", "nach „x“ (Stelle 2)", "U+FFFE"),
    ],
)
def test_plain_text_refuses_a_control_character_and_says_where(typed, place, code_point):
    form = TitleForm({"title": typed})
    [sentence] = errors_of(form)["title"]
    assert sentence.startswith(f"Der Text enthält {place} ein unsichtbares Steuerzeichen")
    assert code_point in sentence
    assert form["title"].value() == typed


def test_plain_text_in_one_line_refuses_a_line_break():
    form = TitleForm({"title": "Betreff\r\nBcc: alle"})
    assert errors_of(form) == {
        "title": ["Hier ist nur eine Zeile möglich. Bitte entfernen Sie den Zeilenumbruch."]
    }


def test_plain_text_in_several_lines_counts_a_line_break_once():
    form = SummaryForm({"summary": "abc\r\ndef\rgh\u2028"})
    assert form.is_valid()
    assert form.cleaned_data == {"summary": "abc\ndef\ngh"}


def test_plain_text_that_is_too_long_says_how_long_it_is():
    form = SummaryForm({"summary": "abcdefghijk"})
    assert errors_of(form) == {
        "summary": [
            "Der Text hat 11 Zeichen, möglich sind höchstens 10. Bitte kürzen Sie ihn.",
        ]
    }


def test_plain_text_that_is_too_short_says_how_long_it_should_be():
    form = SummaryForm({"summary": "ab"})
    assert errors_of(form) == {
        "summary": [
            "Der Text hat 2 Zeichen, nötig sind mindestens 3. Bitte schreiben Sie etwas mehr.",
        ]
    }


def test_plain_text_takes_messages_of_its_own():
    field = PlainTextField(max_length=3, error_messages={"max_length": "Zu lang."})
    with pytest.raises(forms.ValidationError, match=r"Zu lang\."):
        field.clean("abcd")


def test_plain_text_of_a_megabyte_is_refused_with_one_sentence():
    form = TitleForm({"title": "x" * 1_000_000})
    assert errors_of(form) == {
        "title": [
            "Der Text hat 1.000.000 Zeichen, möglich sind höchstens 20. Bitte kürzen Sie ihn."
        ]
    }


def test_plain_text_is_cut_off_by_no_browser():
    """What is pasted arrives whole, and is refused with its length."""
    assert "maxlength" not in str(TitleForm()["title"]) + str(SummaryForm()["summary"])
    assert "<textarea" in str(SummaryForm()["summary"])
