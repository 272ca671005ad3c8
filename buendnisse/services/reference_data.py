"""Reference data: districts, territories, and the groups that the roles stand for."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from buendnisse.models import District, DistrictType, Territory, TerritoryKind
from buendnisse.models.territory import Region
from buendnisse.roles import ADMIN_ACCESS, Role

DATA = Path(__file__).resolve().parent.parent / "data"
_PLACES_AT_ONCE: Final = 100

DISTRICT_TYPES = {
    "Stadtkreis": DistrictType.STADTKREIS,
    "Landkreis": DistrictType.LANDKREIS,
}
DISTRICT_TERRITORIES = {
    DistrictType.STADTKREIS: TerritoryKind.STADTKREIS,
    DistrictType.LANDKREIS: TerritoryKind.LANDKREIS,
}


@transaction.atomic
def sync_reference_data() -> None:
    """Bring districts, territories, groups and their permissions to what the project says.

    Rows are matched by their official key, so they keep their primary keys and whatever refers to
    them; a second run changes nothing. Permissions of the roles' groups that are not listed in
    ``ADMIN_ACCESS`` are taken away; other groups are left alone. Districts and territories that
    vanished from the files stay, since applications and awards may name them.
    """
    districts = _sync_districts()
    _sync_territories(districts)
    _sync_groups()


def other_municipality_code(district: District) -> str:
    """The code of the collective territory for the towns that the reference data does not list."""
    return f"{district.ags}-other"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _sync_districts() -> dict[str, District]:
    District.objects.bulk_create(
        [
            District(
                ags=row["ags"],
                type=DISTRICT_TYPES[row["type"]],
                name=row["name"],
                region=Region(row["ags"][:3]),
                population=int(row["population"]),
                seat=row["seat"],
                latitude=Decimal(row["lat"]),
                longitude=Decimal(row["lon"]),
            )
            for row in _rows("districts.csv")
        ],
        update_conflicts=True,
        unique_fields=["ags"],
        update_fields=[
            *("type", "name", "sort_name", "region", "population", "seat", "latitude", "longitude"),
        ],
    )
    return {district.ags: district for district in District.objects.all()}


def _sync_territories(districts: dict[str, District]) -> None:
    territories = [
        Territory(
            code=district.ags,
            kind=DISTRICT_TERRITORIES[DistrictType(district.type)],
            name=district.name,
            district=district,
            population=district.population,
        )
        for district in districts.values()
    ]
    territories += [
        Territory(
            code=row["ags"],
            kind=TerritoryKind.TOWN,
            name=row["name"],
            district=districts[row["district_ags"]],
            population=int(row["population"]),
        )
        for row in _rows("towns.csv")
    ]
    territories += [
        Territory(
            code=other_municipality_code(district),
            kind=TerritoryKind.MUNICIPALITY,
            district=district,
        )
        for district in districts.values()
        if district.type == DistrictType.LANDKREIS
    ]
    Territory.objects.bulk_create(
        territories,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["kind", "name", "sort_name", "district", "population"],
        # SQLite takes no more values than these have at once.
        batch_size=_PLACES_AT_ONCE,
    )


def _sync_groups() -> None:
    names = [role.value for role in Role]
    Group.objects.bulk_create([Group(name=name) for name in names], ignore_conflicts=True)
    groups = dict(Group.objects.filter(name__in=names).values_list("name", "pk"))
    wanted_names = {role: _permission_names(role) for role in Role}
    permissions = _permissions(frozenset().union(*wanted_names.values()))
    wanted = {
        (groups[role.value], permissions[name])
        for role, names in wanted_names.items()
        for name in names
    }
    links = Group.permissions.through.objects
    present = {
        (link.group_id, link.permission_id): link.pk
        for link in links.filter(group_id__in=groups.values())
    }
    links.filter(pk__in=[pk for pair, pk in present.items() if pair not in wanted]).delete()
    links.bulk_create(
        (
            Group.permissions.through(group_id=group_id, permission_id=permission_id)
            for group_id, permission_id in sorted(wanted - present.keys())
        ),
        # Two machines of one deployment may sync at the same moment.
        ignore_conflicts=True,
    )


def _permission_names(role: Role) -> frozenset[str]:
    """Names like "funding.view_tranche" for the tables the role may view or change."""
    access = ADMIN_ACCESS[role]
    return frozenset(
        f"{app}.{verb}_{model}"
        for verb, tables in (("view", access.view | access.change), ("change", access.change))
        for app, _, model in (table.partition(".") for table in tables)
    )


def _permissions(names: frozenset[str]) -> dict[str, int]:
    """The primary keys of the named permissions.

    ``migrate`` makes permissions after its last step, so those of a model that is new in a
    deployment may still be missing; they are made here. A name without a model is a mistake in
    ``ADMIN_ACCESS`` and stops with `ImproperlyConfigured`.
    """
    found = _find_permissions(names)
    if names - found.keys():
        for app in sorted({name.partition(".")[0] for name in names - found.keys()}):
            create_permissions(apps.get_app_config(app), verbosity=0)
        found = _find_permissions(names)
    if missing := names - found.keys():
        raise ImproperlyConfigured(
            f"ADMIN_ACCESS names tables that do not exist: {', '.join(sorted(missing))}."
        )
    return found


def _find_permissions(names: frozenset[str]) -> dict[str, int]:
    labels = {name.partition(".")[0] for name in names}
    rows = Permission.objects.filter(content_type__app_label__in=labels).values_list(
        "content_type__app_label", "codename", "pk"
    )
    found = {f"{app}.{codename}": pk for app, codename, pk in rows}
    return {name: pk for name, pk in found.items() if name in names}
