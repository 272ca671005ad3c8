"""Reference data: complete, the same after every run, and exact about permissions."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from buendnisse.models import District, Territory, TerritoryKind
from buendnisse.models.sort_name import sort_name
from buendnisse.queries import districts_with_territories
from buendnisse.roles import ADMIN_ACCESS, Role
from buendnisse.services.reference_data import sync_reference_data
from tests.factories.buendnisse import DistrictFactory, UserFactory


def everything() -> list[list[tuple[object, ...]]]:
    return [
        list(District.objects.order_by("pk").values_list()),
        list(Territory.objects.order_by("pk").values_list()),
        list(Group.objects.order_by("pk").values_list()),
        list(Group.permissions.through.objects.order_by("pk").values_list()),
    ]


def permissions_of(role: Role) -> set[str]:
    return {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Permission.objects.filter(group__name=role.value).select_related(
            "content_type"
        )
    }


def test_reference_data_has_every_district_and_territory(reference_data: None) -> None:
    assert {
        kind: Territory.objects.filter(kind=kind).count()
        for kind in ("stadtkreis", "landkreis", "town", "municipality")
    } == {"stadtkreis": 9, "landkreis": 35, "town": 94, "municipality": 35}
    assert {
        region: District.objects.filter(region=region).count()
        for region in ("081", "082", "083", "084")
    } == {"081": 13, "082": 12, "083": 10, "084": 9}


def test_reference_data_tells_the_two_of_one_name_apart(reference_data: None) -> None:
    names = [str(district) for district in District.objects.filter(name="Karlsruhe")]
    assert names == ["Landkreis Karlsruhe", "Stadtkreis Karlsruhe"]


def test_reference_data_keys_territories_by_their_official_code(reference_data: None) -> None:
    territories = {
        territory.code: (str(territory), territory.kind, territory.population)
        for territory in Territory.objects.filter(district__ags="08435").select_related("district")
    }
    assert territories == {
        "08435": ("Bodenseekreis", "landkreis", 217_470),
        "08435016": ("Friedrichshafen", "town", 60_865),
        "08435059": ("Überlingen", "town", 22_554),
        "08435-other": ("Andere Gemeinde im Bodenseekreis", "municipality", None),
    }


def test_reference_data_run_again_changes_nothing(
    reference_data: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = everything()
    with django_assert_num_queries(10):
        sync_reference_data()
    assert everything() == before


def test_reference_data_mends_a_district_in_its_place(reference_data: None) -> None:
    district = District.objects.get(ags="08221")
    District.objects.filter(pk=district.pk).update(name="Haidelberg", population=1)
    sync_reference_data()
    mended = District.objects.get(ags="08221")
    assert (mended.pk, mended.name, mended.population) == (
        district.pk,
        "Heidelberg",
        district.population,
    )


def test_reference_data_keeps_a_district_that_the_files_do_not_name(reference_data: None) -> None:
    DistrictFactory(ags="08499", name="Früherer Kreis")
    sync_reference_data()
    assert District.objects.count() == 45


@pytest.mark.parametrize("role", Role)
def test_groups_hold_exactly_the_permissions_of_their_role(
    reference_data: None, role: Role
) -> None:
    access = ADMIN_ACCESS[role]
    assert permissions_of(role) == {
        f"{app}.{verb}_{model}"
        for verb, tables in (("view", access.view), ("change", access.change))
        for app, model in (table.split(".") for table in tables)
    }


def test_groups_lose_permissions_that_nobody_granted_them(reference_data: None) -> None:
    group = Group.objects.get(name=Role.AUDITOR)
    expected = permissions_of(Role.AUDITOR)
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    group.permissions.remove(Permission.objects.get(codename="view_award"))
    sync_reference_data()
    assert permissions_of(Role.AUDITOR) == expected


def test_groups_keep_their_people_and_leave_other_groups_alone(reference_data: None) -> None:
    person = UserFactory(roles=[Role.AUDITOR])
    other = Group.objects.create(name="Gäste")
    other.permissions.add(Permission.objects.get(codename="view_award"))
    sync_reference_data()
    assert person.get_roles() == {Role.AUDITOR}
    assert [permission.codename for permission in other.permissions.all()] == ["view_award"]


def test_groups_get_permissions_that_migrate_has_not_made_yet(db: None) -> None:
    Permission.objects.filter(codename="view_award").delete()
    sync_reference_data()
    assert "funding.view_award" in permissions_of(Role.AUDITOR)


def test_command_syncs_and_says_so(db: None) -> None:
    output = StringIO()
    call_command("sync_reference_data", stdout=output)
    assert output.getvalue() == "Reference data is up to date.\n"
    assert District.objects.count() == 44


def test_districts_come_with_themselves_first_and_other_places_last(
    reference_data: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        listed = {
            district.ags: [str(territory) for territory in district.territories.all()]
            for district in districts_with_territories()
        }
    assert len(listed) == 44
    assert listed["08221"] == ["Stadtkreis Heidelberg"]
    assert listed["08435"] == [
        "Bodenseekreis",
        "Friedrichshafen",
        "Überlingen",
        "Andere Gemeinde im Bodenseekreis",
    ]


def test_places_are_sorted_as_in_german_dictionaries(reference_data: None) -> None:
    districts = list(District.objects.all())
    names = [district.name for district in districts]
    assert names.index("Böblingen") < names.index("Breisgau-Hochschwarzwald")
    assert names == sorted(names, key=sort_name)
    ostalb = next(each for each in districts_with_territories() if each.name == "Ostalbkreis")
    assert [place.name for place in ostalb.territories.all()] == [
        "Ostalbkreis",
        "Aalen",
        "Ellwangen (Jagst)",
        "Schwäbisch Gmünd",
        "",
    ]
    by_name = list(Territory.objects.filter(kind=TerritoryKind.TOWN).order_by("sort_name"))
    assert by_name[-1].name != "Überlingen"
    # Everything that lists places agrees, on each database.
    assert [district.name for district in districts_with_territories()] == names


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Böblingen", "boblingen"),
        ("Breisgau-Hochschwarzwald", "breisgau0hochschwarzwald"),
        ("Groß-Gerau", "gross0gerau"),
        ("Bad Urach", "bad0urach"),
        ("", ""),
    ],
)
def test_the_sort_key_has_letters_alone(name: str, key: str) -> None:
    assert sort_name(name) == key
