"""The crispy pack "kern": every control has its label, hint and error, tied together by ids."""

import pytest
from crispy_forms.bootstrap import (
    AppendedText,
    FieldWithButtons,
    FormActions,
    InlineField,
    InlineRadios,
    StrictButton,
)
from crispy_forms.helper import FormHelper
from crispy_forms.layout import (
    Button,
    ButtonHolder,
    Column,
    Div,
    Fieldset,
    Hidden,
    Layout,
    MultiField,
    Row,
    Submit,
)
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils import translation

from tests.buendnisse.page import Page

CHOICES = [("a", "Verein"), ("b", "Kirche")]
GROUPED = [("Stadtkreise", [("1", "Ulm")]), ("Landkreise", [("2", "Ulm-Land")])]
HINT = "Kurz und klar"
REQUIRED = "Bitte füllen Sie dieses Feld aus."

CONTROLS = {
    "text": forms.CharField(label="Titel", help_text=HINT),
    "number": forms.IntegerField(label="Zahl", help_text=HINT),
    "textarea": forms.CharField(label="Ziele", widget=forms.Textarea, help_text=HINT),
    "select": forms.ChoiceField(label="Gebiet", choices=[("", "–"), *GROUPED], help_text=HINT),
    "multiple": forms.MultipleChoiceField(label="Orte", choices=CHOICES, help_text=HINT),
    "date": forms.DateField(
        label="Beginn", widget=forms.DateInput(attrs={"type": "date"}), help_text=HINT
    ),
    "file": forms.FileField(label="Anlage", help_text=HINT),
    "password": forms.CharField(label="Passwort", widget=forms.PasswordInput, help_text=HINT),
    "checkbox": forms.BooleanField(label="Ich versichere alles.", help_text=HINT),
}
GROUPS = {
    "radio": (
        forms.ChoiceField(label="Art", choices=CHOICES, widget=forms.RadioSelect, help_text=HINT),
        "radio",
    ),
    "boxes": (
        forms.MultipleChoiceField(
            label="Wer", choices=CHOICES, widget=forms.CheckboxSelectMultiple, help_text=HINT
        ),
        "checkbox",
    ),
}


@pytest.fixture(autouse=True)
def _german():
    with translation.override("de"):
        yield


def form_with(data=None, **fields):
    return type("SampleForm", (forms.Form,), dict(fields))(data)


def filtered(form):
    template = Template("{% load crispy_forms_filters %}{{ form|crispy }}")
    return Page(template.render(Context({"form": form})))


@pytest.mark.parametrize("kind", sorted(CONTROLS))
def test_control_has_label_and_hint(kind):
    page = filtered(form_with(field=CONTROLS[kind]))
    control = page.by_id("id_field")
    assert page.one("label", **{"for": "id_field"}).text == CONTROLS[kind].label
    assert page.by_id("id_field_helptext").text == HINT
    assert control.attrs["aria-describedby"] == "id_field_helptext"
    assert "aria-invalid" not in control.attrs
    assert "required" in control.attrs
    assert not page.all("p", id="id_field_error")


@pytest.mark.parametrize("kind", sorted(CONTROLS))
def test_control_with_error_names_it(kind):
    page = filtered(form_with({}, field=CONTROLS[kind]))
    control = page.by_id("id_field")
    assert control.attrs["aria-invalid"] == "true"
    assert control.attrs["aria-describedby"] == "id_field_helptext id_field_error"
    assert page.by_id("id_field_error").text == f"Fehler: {REQUIRED}"
    assert page.one("a", href="#id_field").text.endswith(f": {REQUIRED}")


@pytest.mark.parametrize("kind", sorted(GROUPS))
def test_group_of_choices_has_legend_hint_and_labels(kind):
    field, control = GROUPS[kind]
    page = filtered(form_with(field=field))
    assert page.one("legend").text == field.label
    assert page.one("fieldset").attrs["aria-describedby"] == "id_field_helptext"
    assert page.by_id("id_field_helptext").text == HINT
    assert [e.attrs["id"] for e in page.all("input", type=control)] == ["id_field_0", "id_field_1"]
    assert [page.one("label", **{"for": f"id_field_{n}"}).text for n in (0, 1)] == [
        "Verein",
        "Kirche",
    ]


@pytest.mark.parametrize("kind", sorted(GROUPS))
def test_group_of_choices_with_error_leads_to_its_first_choice(kind):
    field, control = GROUPS[kind]
    page = filtered(form_with({}, field=field))
    assert page.one("fieldset").attrs["aria-describedby"] == "id_field_helptext id_field_error"
    assert page.by_id("id_field_error").text == f"Fehler: {REQUIRED}"
    assert [e.attrs["aria-invalid"] for e in page.all("input", type=control)] == ["true", "true"]
    link = page.one("a", href="#id_field_0")
    assert link.text == f"{field.label}: {REQUIRED}"
    assert page.by_id("id_field_0").tag == "input"


@pytest.mark.parametrize("kind", sorted(GROUPS))
def test_group_of_choices_keeps_what_was_chosen(kind):
    field, control = GROUPS[kind]
    page = filtered(form_with({"field": "b"}, field=field))
    checked = [e.attrs["value"] for e in page.all("input", type=control) if "checked" in e.attrs]
    assert checked == ["b"]


def test_ids_are_unique_in_a_form_of_every_kind():
    fields = {**CONTROLS, **{kind: field for kind, (field, _) in GROUPS.items()}}
    ids = filtered(form_with({}, **fields)).ids()
    assert len(ids) == len(set(ids))


def test_summary_comes_first_and_can_take_the_focus():
    class Strict(forms.Form):
        title = forms.CharField(label="Titel")
        secret = forms.CharField(widget=forms.HiddenInput)

        def clean(self):
            raise forms.ValidationError("Die Summen stimmen nicht überein.")

    page = filtered(Strict({}))
    summary = page.one("div", role="alert")
    assert summary is page.elements[0]
    assert summary.attrs["tabindex"] == "-1"
    assert page.by_id(summary.attrs["aria-labelledby"]).text == "Bitte prüfen Sie Ihre Eingaben"
    assert [item.text for item in page.all("li")] == [
        "Die Summen stimmen nicht überein.",
        f"Titel: {REQUIRED}",
        REQUIRED,
    ]
    assert [link.attrs["href"] for link in page.all("a")] == ["#id_title"]


def test_summary_shortens_the_long_label_of_a_tick_box():
    sentence = "Ich versichere, dass alle Angaben richtig sind und dass noch nicht begonnen wurde."
    page = filtered(form_with({}, field=forms.BooleanField(label=sentence)))
    shown = f"„{sentence[:59]}…“: {REQUIRED}"
    assert page.one("a", href="#id_field").text == shown


def test_form_without_errors_has_no_summary():
    assert (
        filtered(form_with({"field": "x"}, field=CONTROLS["text"])).all("div", role="alert") == []
    )


def test_what_may_be_left_out_says_so_in_words():
    page = filtered(form_with(field=forms.CharField(label="Telefon", required=False)))
    assert page.one("label").text == "Telefon (freiwillig)"


def test_tick_box_is_never_called_optional():
    page = filtered(form_with(field=forms.BooleanField(label="Merken", required=False)))
    assert page.one("label").text == "Merken"


@pytest.mark.parametrize(
    "options", [{"form_method": "get"}, {"hide_optional": True}], ids=["filter", "asked for"]
)
def test_helper_can_keep_the_optional_mark_away(options):
    form = form_with(field=forms.CharField(label="Suche", required=False))
    helper = FormHelper()
    for name, value in options.items():
        setattr(helper, name, value)
    assert Page(render_crispy_form(form, helper)).one("label").text == "Suche"


def test_form_of_a_filter_can_keep_the_optional_mark_away():
    form = form_with(field=forms.CharField(label="Suche", required=False))
    form.hide_optional = True
    assert filtered(form).one("label").text == "Suche"


def test_field_needed_to_submit_is_not_called_optional_in_a_draft():
    field = forms.CharField(label="Titel", required=False)
    field.needed_to_submit = True
    assert filtered(form_with(field=field)).one("label").text == "Titel"


def test_attributes_of_the_widget_pass_through():
    widget = forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "decimal"})
    control = filtered(form_with(field=forms.CharField(widget=widget))).by_id("id_field")
    assert control.attrs["autocomplete"] == "tel"
    assert control.attrs["inputmode"] == "decimal"


def test_select_keeps_its_groups():
    page = filtered(form_with({"field": "2"}, field=CONTROLS["select"]))
    assert [group.attrs["label"] for group in page.all("optgroup")] == ["Stadtkreise", "Landkreise"]
    assert [o.attrs["value"] for o in page.all("option") if "selected" in o.attrs] == ["2"]


def test_text_is_escaped():
    page = filtered(form_with({"field": ""}, field=forms.CharField(label="<b>Titel</b>")))
    assert page.all("b") == []


def test_whole_form_posts_with_our_own_checks_and_files():
    form = form_with(field=forms.FileField(label="Anlage"))
    helper = FormHelper()
    helper.form_action = "/ziel/"
    helper.add_input(Submit("save", "Speichern"))
    page = Page(render_crispy_form(form, helper, {"csrf_token": "abc"}))
    tag = page.one("form")
    assert tag.attrs == {
        "action": "/ziel/",
        "method": "post",
        "enctype": "multipart/form-data",
        "novalidate": None,
    }
    assert page.one("input", name="csrfmiddlewaretoken").attrs["value"] == "abc"
    button = page.one("button", name="save")
    assert button.text == "Speichern"
    assert "kern-btn--primary" in button.attrs["class"].split()


def test_layout_objects_render():
    names = ["name", "amount", "kind", "street", "city", "first", "second", "search"]
    fields = {name: forms.CharField(label=name) for name in names}
    fields["kind"] = GROUPS["radio"][0]
    form = form_with({}, **fields)
    helper = FormHelper()
    helper.layout = Layout(
        Fieldset("Vorhaben", "name", AppendedText("amount", "€"), InlineRadios("kind")),
        Row(Column("street"), Column("city"), css_class="address"),
        MultiField("Beide", "first", "second"),
        Div(FieldWithButtons(InlineField("search"), StrictButton("Los", type="submit"))),
        FormActions(
            Submit("send", "Einreichen"),
            Submit("later", "Später", css_class="kern-btn--tertiary"),
            Button("back", "Zurück"),
            Hidden("step", "2"),
        ),
        ButtonHolder(Submit("again", "Noch einmal")),
    )
    page = Page(render_crispy_form(form, helper))
    assert [legend.text for legend in page.all("legend")] == ["Vorhaben", "Art", "Beide"]
    assert page.one("span", **{"class": "kern-input-group-text"}).text == "€"
    assert {e.attrs["id"] for e in page.elements if "aria-invalid" in e.attrs} >= {
        f"id_{name}" for name in names if name != "kind"
    }
    assert [
        (button.text, [c for c in button.attrs["class"].split() if c.startswith("kern-btn--")])
        for button in page.all("button")
    ] == [
        ("Los", []),
        ("Einreichen", ["kern-btn--primary"]),
        ("Später", ["kern-btn--tertiary"]),
        ("Zurück", ["kern-btn--secondary"]),
        ("Noch einmal", ["kern-btn--primary"]),
    ]
    assert page.one("input", type="hidden").attrs["value"] == "2"


class CostLine(forms.Form):
    label = forms.CharField(label="Bezeichnung")
    amount = forms.CharField(label="Betrag", required=False)


CostLines = forms.formset_factory(CostLine, extra=0, can_delete=True)


def cost_lines(**data):
    counts = {"zeilen-TOTAL_FORMS": "2", "zeilen-INITIAL_FORMS": "0"}
    formset = CostLines({**counts, **data}, prefix="zeilen")
    formset.item_label = "Kostenposition"
    return formset


def test_formset_groups_its_forms_and_sums_up_their_errors():
    formset = cost_lines(**{"zeilen-0-label": "Miete", "zeilen-1-amount": "5"})
    template = Template("{% load crispy_forms_filters %}{{ formset|crispy }}")
    page = Page(template.render(Context({"formset": formset})))
    assert [legend.text for legend in page.all("legend")] == [
        "Kostenposition 1",
        "Kostenposition 2",
    ]
    assert page.one("a").attrs["href"] == "#id_zeilen-1-label"
    assert page.one("a").text == f"Kostenposition 2, Bezeichnung: {REQUIRED}"
    assert page.one("label", **{"for": "id_zeilen-0-DELETE"}).text == "Löschen"
    assert page.one("input", name="zeilen-TOTAL_FORMS").attrs["value"] == "2"


@pytest.mark.parametrize("template", [None, "kern/table_inline_formset.html"])
def test_whole_formset_renders_each_control_once_and_labelled(template):
    formset = cost_lines(**{"zeilen-1-amount": "5"})
    helper = FormHelper()
    helper.template = template
    helper.add_input(Submit("save", "Speichern"))
    page = Page(render_crispy_form(formset, helper))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    for index in (0, 1):
        for name in ("label", "amount", "DELETE"):
            assert page.one("label", **{"for": f"id_zeilen-{index}-{name}"}).text
            assert page.by_id(f"id_zeilen-{index}-{name}").tag == "input"
    assert page.one("button").text == "Speichern"


def test_formset_by_a_layout_renders_its_hidden_fields():
    formset = cost_lines(**{"zeilen-1-amount": "5"})
    helper = FormHelper()
    helper.layout = Layout(Row("label", "amount"), "DELETE")
    page = Page(render_crispy_form(formset, helper))
    assert [legend.text for legend in page.all("legend")] == [
        "Kostenposition 1",
        "Kostenposition 2",
    ]
    assert page.by_id("id_zeilen-1-label").attrs["aria-invalid"] == "true"


def test_file_that_is_there_stays_visible():
    class Stored(SimpleUploadedFile):
        url = "/anlage/1/"

    form = type("SampleForm", (forms.Form,), {"field": forms.FileField(required=False)})(
        initial={"field": Stored("plan.pdf", b"x")}
    )
    page = filtered(form)
    assert page.one("a", href="/anlage/1/").text == "plan.pdf"
    assert page.one("label", **{"for": "field-clear_id"}).text
    assert page.one("input", type="file").attrs["id"] == "id_field"


def test_pack_has_no_inline_style_or_script():
    fields = {**CONTROLS, **{kind: field for kind, (field, _) in GROUPS.items()}}
    page = filtered(form_with({}, **fields))
    assert [e for e in page.elements if "style" in e.attrs or e.tag in ("style", "script")] == []
    assert [e for e in page.elements if any(name.startswith("on") for name in e.attrs)] == []
