"""Documents as PDF: what standards they keep, and that nothing typed is ever markup."""

import re
import shutil
import subprocess
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from buendnisse import documents
from buendnisse.documents import DocumentError, EmbeddedFile, render_pdf
from tests.pdf import facts_of, poppler, text_of

NOW = datetime(2016, 7, 12, 8, 30, tzinfo=UTC)
TEMPLATE = """
#import "base.typ": data, document-of, records
#show: document-of
#data.text #data.amount
#records((("Lfd. Zeile", 1fr, left),), data.rows)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates, and one more that shows whatever it is given."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copytree(documents.TEMPLATES, folder, dirs_exist_ok=True)
    (folder / "anything.typ").write_text(TEMPLATE)
    return folder


@pytest.fixture(autouse=True)
def _templates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "TEMPLATES", folder)


def render(
    text: object = "Text",
    *,
    title: str = "Vermerk",
    now: datetime = NOW,
    rows: int = 1,
    files: tuple[EmbeddedFile, ...] = (),
) -> bytes:
    data = {"text": text, "amount": "15.000 €", "rows": [[f"Zeile {each}"] for each in range(rows)]}
    return render_pdf("anything", data, title=title, now=now, files=files)


# --- Standards ------------------------------------------------------------------------------


@pytest.mark.pdf
def test_document_is_tagged_and_says_what_it_is() -> None:
    facts = facts_of(render(title="Vermerk über Öl"))
    assert (facts["Tagged"], facts["Title"], facts["Encrypted"]) == ("yes", "Vermerk über Öl", "no")


def test_document_names_its_standards_and_its_language() -> None:
    pdf = render()
    found = re.findall(rb"<(pdfaid:part|pdfaid:conformance|pdfuaid:part|rdf:li)>([^<]*)<", pdf)
    said = {(name.decode(), value.decode()) for name, value in found}
    assert said >= {
        ("pdfaid:part", "3"),
        ("pdfaid:conformance", "A"),
        ("pdfuaid:part", "1"),
        ("rdf:li", "de-DE"),
    }


@pytest.mark.pdf
def test_structure_has_the_table_with_its_headings() -> None:
    tags = re.findall(r"^ *(\w+)", poppler("pdfinfo", render(rows=2), "-struct"), re.MULTILINE)
    table = tags[tags.index("Table") :]
    assert [tag for tag in table if tag in {"THead", "TBody", "TH", "TD"}] == [
        "THead",
        "TH",
        "TBody",
        "TD",
        "TD",
    ]


@pytest.mark.pdf
def test_pages_are_numbered_and_repeat_the_headings_of_a_table() -> None:
    pdf = render(rows=100)
    pages = int(facts_of(pdf)["Pages"])
    text = text_of(pdf)
    assert pages > 1
    assert text.count("Lfd. Zeile") == pages
    assert [f"Seite {each} von {pages}" in text for each in range(1, pages + 1)] == [True] * pages
    assert "Vermerk · Stand 12. Juli 2016, 10:30 Uhr" in text


def test_same_input_gives_the_same_bytes() -> None:
    assert render("Ein Text.") == render("Ein Text.", now=NOW + timedelta(microseconds=1))
    assert render("Ein Text.") != render("Ein Text.", now=NOW + timedelta(minutes=1))


@pytest.mark.pdf
def test_a_file_is_embedded_as_it_is(tmp_path: Path) -> None:
    file = EmbeddedFile("daten.json", "application/json", "Die Daten", '{"x": "*a* \\u0000 😀"}')
    source, target = tmp_path / "x.pdf", tmp_path / "daten.json"
    source.write_bytes(render(files=(file,)))
    subprocess.run(["pdfdetach", "-save", "1", "-o", target, source], check=True)  # noqa: S607
    assert target.read_text() == file.text


# --- What people typed ----------------------------------------------------------------------


@pytest.mark.pdf
@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        "#set page(fill: red) #panic()",
        "*fett* _kursiv_ `code` $x^2$ = Titel",
        "@quelle <marke> // Kommentar /* und */",
        "\\ \\n \\u{1F600} #{ } [ ] ~ -- ---",
        '"}, "frame": {"title": "fremd"} \' " ` \\"',
        "<script>alert(1)</script> &amp; %PDF-1.7 endobj",
    ],
)
def test_what_is_typed_comes_out_as_it_was_typed(hostile: str) -> None:
    pdf = render(hostile, title=hostile)
    assert facts_of(pdf)["Title"] == hostile
    assert text_of(pdf).count(" ".join(hostile.split())) == 3  # title, text, footer


@pytest.mark.pdf
@pytest.mark.parametrize(
    "name",
    ["Łódź Şebnem Nguyễn Ðặng", "Ελπίδα", "Надежда", "امل", "תקווה", "a\u0308o\u0308"],
)
def test_names_in_other_letters_are_shown(name: str) -> None:
    text = text_of(render(name, title=name))
    assert unicodedata.normalize("NFC", name) in unicodedata.normalize("NFC", text)
    assert "[U+" not in text


@pytest.mark.pdf
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Café 😀", "Café [U+1F600]"),
        ("„Café“ – 5 € 😀", "„Café“ – 5 € [U+1F600]"),
        ("希望 e.V.", "[U+5E0C][U+671B] e.V."),
        ("ተስፋ", "[U+1270][U+1235][U+134B]"),
        ("a\x00b\x07", "a[U+0000]b[U+0007]"),
        ("a\ue000b", "a[U+E000]b"),
        ("a\ud800b", "a[U+D800]b"),
        ("51\u202e15", "51[U+202E]15"),
        ("a\uffffb", "a[U+FFFF]b"),
    ],
)
def test_what_no_font_has_is_shown_by_its_number(typed: str, shown: str) -> None:
    text = text_of(render(typed, title=typed))
    assert text.count(shown) == 3
    assert "stehen mit ihrer Nummer nach Unicode in eckigen Klammern" in text


@pytest.mark.pdf
def test_line_ends_stay_and_nothing_is_said_of_numbers() -> None:
    text = poppler("pdftotext", render("eins\r\nzwei\u2028drei\tvier"), "-layout")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[lines.index("eins") :][:3] == ["eins", "zwei", "drei vier 15.000 €"]
    assert "Unicode" not in text


@pytest.mark.pdf
def test_text_from_right_to_left_does_not_move_an_amount() -> None:
    boxes = poppler("pdftotext", render("أمل"), "-bbox")
    # The words as they stand on the page, from left to right.
    seen = " ".join(re.findall(r">(.+)</word>", boxes))
    assert seen.index("\N{ARABIC LETTER MEEM}") < seen.index("15.000") < seen.index("€")


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=20))
def test_no_text_keeps_a_document_from_being_made(text: str) -> None:
    assert render(text, title=f"Titel {text}").startswith(b"%PDF-1.7")


@pytest.mark.pdf
def test_every_latin_letter_has_its_glyph() -> None:
    letters = "".join(chr(code) for code in range(0x20, 0x250) if chr(code).isalpha())
    assert "[U+" not in text_of(render(letters, title="Buchstaben"))


# --- What is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '#set text(font: "Gibt Es Nicht")\nText',  # typst only warns of it
        "#data.fehlt",
        '#read("../pyproject.toml")',
        '#read("/../pyproject.toml")',
        '#image("bild.svg")',
    ],
)
def test_a_template_that_is_not_right_makes_no_document(folder: Path, source: str) -> None:
    head = '#import "base.typ": data, document-of\n#show: document-of\n'
    (folder / "wrong.typ").write_text(head + source)
    (folder / "bild.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    with pytest.raises(DocumentError, match=r"wrong\.typ"):
        render_pdf("wrong", {}, title="Titel", now=NOW)


@pytest.mark.parametrize("value", [Decimal("1.00"), 1.5, NOW, object()])
def test_values_are_put_into_words_before(value: object) -> None:
    with pytest.raises(TypeError, match="put it into words first"):
        render({"amount": value})


@pytest.mark.pdf
@pytest.mark.parametrize(
    "name",
    [
        "Finanzierungsplan_mit_Nachweisen_und_Belegen_des_Vereins_2016-final.pdf",
        "x" * 120 + ".pdf",
        "sehr.langer.name.mit.vielen.punkten.und.worten@kreisverband.example",
        "Flüchtlingshilfeorganisationszusammenschluss",
        "ab" * 32,
    ],
)
def test_a_long_name_stays_in_its_column(folder: Path, name: str) -> None:
    (folder / "narrow.typ").write_text(
        '#import "base.typ": data, document-of, records\n'
        "#show: document-of\n"
        '#records((("Datei", 40mm, left), ("Art", 1fr, left)), data.rows)'
    )
    pdf = render_pdf("narrow", {"rows": [[name, "Beleg"]]}, title="Vermerk", now=NOW)
    found = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>([^<]+)<',
        poppler("pdftotext", pdf, "-bbox"),
    )
    words = [(float(left), float(top), float(right), word) for left, top, right, word in found]
    column, row = next((left, top) for left, top, _right, word in words if word == "Beleg")
    # Between the headings of the table and the foot of the page.
    lines = [right for _left, top, right, word in words if row <= top < 700 and word != "Beleg"]
    assert len(lines) > 1
    assert max(lines) < column
    # Whoever copies it has the name as it was.
    assert name in text_of(pdf).replace(" ", "")
