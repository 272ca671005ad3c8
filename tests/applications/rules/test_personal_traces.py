"""What looks like a name or a story, and what does not."""

import time

import pytest

from applications.rules.personal_traces import MOST_SHOWN, find_traces


@pytest.mark.parametrize(
    "text, kind, words",
    [
        ("Das Café leitet Frau Ahmadi mit uns.", "name", "Frau Ahmadi"),
        ("Wir helfen Herrn Al-Sayed bei der Suche.", "name", "Herrn Al-Sayed"),
        ("Familie Karimi wohnt seit Mai hier.", "name", "Familie Karimi"),
        ("Amina (23) sucht eine Lehrstelle.", "name", "Amina (23)"),
        ("Yusuf, 19 Jahre, spielt mit.", "name", "Yusuf, 19 Jahre"),
        ("Ein Mann, geb. 01.02.1990, kocht.", "birth", "geb. 01.02.1990"),
        ("Sie ist geboren am 3. Mai 1988.", "birth", "geboren am 3. Mai 1988"),
        ("Fragen an amina@example.org.", "contact", "amina@example.org"),
        ("Erreichbar unter 0171 2345678.", "contact", "0171 2345678"),
        ("Anruf unter +49 7071 123456 genügt.", "contact", "+49 7071 123456"),
        ("Er ist aus Syrien geflohen und allein.", "story", "aus Syrien geflohen"),
        ("Sie floh mit zwei Kindern aus dem Irak.", "story", "floh mit zwei Kindern aus dem Irak"),
    ],
)
def test_a_sign_is_found_in_its_own_words(text: str, kind: str, words: str) -> None:
    assert [(trace.kind, trace.words) for trace in find_traces(text)] == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Etwa 20 Menschen, die Hälfte davon geflüchtet, lernen gemeinsam.",
        "Frauen und Männer kochen zusammen; jede Frau kann mitmachen.",
        "Die Menschen sind aus Syrien geflohen und wollen arbeiten.",
        "Familien aus Syrien und Afghanistan, die aus Kriegen geflohen sind, treffen sich.",
        "Vom 01.03.2027 bis zum 30.11.2027 öffnen wir an 60 Nachmittagen.",
        "Die Miete beträgt 1.250,00 € im Monat, zusammen 15.000 €.",
        "Im Jahr 2026 kamen 120 Geflüchtete in unsere Stadt (35 % davon Kinder).",
        "Der Treff ist in der Bahnhofstraße 12, 72070 Tübingen.",
    ],
)
def test_what_is_about_many_is_no_sign(text: str) -> None:
    assert find_traces(text) == []


def test_a_few_signs_are_enough_and_each_is_named_once() -> None:
    text = "Frau Ahmadi und Herr Karimi. " * 5 + "Frau Noori. Frau Rahimi."
    found = find_traces(text)
    assert [trace.words for trace in found] == ["Frau Ahmadi", "Herr Karimi", "Frau Noori"]
    assert len(found) == MOST_SHOWN


@pytest.mark.parametrize("piece", ["a@", "Frau ", "0 ", "aus Der ", "floh a ", "\u202e\x00👩🏽‍🌾"])
def test_the_longest_text_takes_no_time(piece: str) -> None:
    started = time.perf_counter()
    find_traces((piece * 4000)[:4000])
    assert time.perf_counter() - started < 1
