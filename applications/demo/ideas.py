"""What the demo's alliances want to do: project ideas, and the texts of an application."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Idea:
    """A project; ``what`` completes the sentence "Das Bündnis …"."""

    title: str
    what: str


IDEAS: tuple[Idea, ...] = (
    Idea(
        "Begegnungscafé mit offenem Sprachtisch",
        "öffnet an zwei Nachmittagen in der Woche ein Café mit Sprachtisch",
    ),
    Idea(
        "Ehrenamtsbörse für Neuangekommene",
        "vermittelt Geflüchtete, die selbst mithelfen wollen, in Vereine am Ort",
    ),
    Idea(
        "Lotsen durch Amt und Alltag",
        "bildet Lotsinnen und Lotsen aus, die bei Behördengängen begleiten",
    ),
    Idea(
        "Fahrradwerkstatt für alle",
        "richtet eine Werkstatt ein, in der Räder gemeinsam instand gesetzt werden",
    ),
    Idea(
        "Nähstube und Werkraum der Kulturen",
        "baut eine Nähstube auf, die Frauen aus dem Wohnheim selbst leiten",
    ),
    Idea(
        "Gemeinschaftsgarten am Wohnheim",
        "legt einen Garten an, den Nachbarschaft und Geflüchtete zusammen bestellen",
    ),
    Idea(
        "Hausaufgabenhilfe im Tandem",
        "bringt Schülerinnen und Schüler mit Lernpaten zusammen",
    ),
    Idea(
        "Theaterwerkstatt Ankommen",
        "erarbeitet mit Jugendlichen ein Stück und führt es in drei Gemeinden auf",
    ),
    Idea(
        "Sport verbindet: offene Trainingsabende",
        "öffnet die Hallen der Sportvereine einmal in der Woche für alle",
    ),
    Idea(
        "Patenschaften für Familien",
        "findet Patinnen und Paten für Familien und begleitet beide Seiten",
    ),
    Idea(
        "Dolmetscherpool für Schulen und Praxen",
        "schult Ehrenamtliche, die in Schulen und Praxen dolmetschen",
    ),
    Idea(
        "Frauencafé mit Kinderbetreuung",
        "bietet einen geschützten Treffpunkt mit Kinderbetreuung und Beratung",
    ),
    Idea(
        "Chor der vielen Sprachen",
        "gründet einen Chor, der Lieder aus den Herkunftsländern einübt",
    ),
    Idea(
        "Kochen und erzählen",
        "lädt reihum zum Kochen ein und sammelt die Rezepte in einem Heft",
    ),
    Idea(
        "Bewerbungstraining und Praktikumsbörse",
        "bereitet mit Betrieben am Ort auf Praktika und Ausbildung vor",
    ),
    Idea(
        "Medienwerkstatt Nachbarschaft",
        "dreht mit Jugendlichen kurze Filme über das Leben im Stadtteil",
    ),
    Idea(
        "Willkommensmappe in zehn Sprachen",
        "stellt mit Geflüchteten einen Wegweiser durch die Gemeinde zusammen",
    ),
    Idea(
        "Repaircafé mit Sprachpaten",
        "verbindet gemeinsames Reparieren mit einfachen Sprachübungen",
    ),
    Idea(
        "Mobile Beratung im ländlichen Raum",
        "bringt Beratung und Sprachhilfe in die kleineren Ortsteile",
    ),
    Idea(
        "Schwimmkurse für Mädchen und Frauen",
        "bietet Kurse an, die Trainerinnen aus mehreren Ländern leiten",
    ),
    Idea(
        "Runder Tisch Flüchtlingshilfe",
        "stimmt die Arbeit aller Gruppen ab und gibt Geflüchteten darin eine Stimme",
    ),
    Idea(
        "Erzählwerkstatt der Generationen",
        "bringt ältere Menschen und Neuangekommene miteinander ins Gespräch",
    ),
    Idea(
        "Spielmobil für Wohnheime",
        "fährt mit einem Spielmobil die Wohnheime an und bildet Betreuer aus",
    ),
    Idea(
        "Schulung für Ehrenamtliche",
        "schult Helferinnen und Helfer zu Asylrecht und Umgang mit Belastungen",
    ),
    Idea(
        "Interkulturelles Straßenfest",
        "bereitet mit allen Gruppen ein Fest vor, aus dem feste Treffen entstehen",
    ),
)


def texts_of(idea: Idea, place: str) -> dict[str, str]:
    """The long texts of an application for this idea, by field name."""
    return {
        "summary": (
            f"Das Bündnis {idea.what}. Getragen wird das Vorhaben in {place} von Haupt- und "
            "Ehrenamtlichen gemeinsam. (Demodaten)"
        ),
        "goals": (
            "Neuangekommene finden Kontakte am Ort und nehmen am öffentlichen Leben teil.\n"
            "Die Gruppen der Flüchtlingshilfe arbeiten abgestimmt statt nebeneinander.\n"
            "Nach dem Ende der Förderung tragen die Beteiligten das Angebot selbst weiter."
        ),
        "activities": (
            f"Das Bündnis {idea.what}. Eine Koordinierungsgruppe trifft sich monatlich, plant die "
            "Termine und wertet sie aus. Räume stellt einer der Partner, das Material wird "
            "gemeinsam beschafft. Zweimal im Jahr berichtet das Bündnis öffentlich."
        ),
        "participation": (
            "Geflüchtete sind in der Koordinierungsgruppe mit eigener Stimme vertreten. Sie haben "
            "das Vorhaben mitentwickelt, leiten einzelne Angebote selbst und entscheiden über die "
            "Verwendung eines Teils der Mittel mit."
        ),
    }
