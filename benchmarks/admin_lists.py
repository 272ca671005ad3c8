"""Every list, filter, search and order of the ministry's side, against a list without rows.

The year is filled by `seed_scale`: on PostgreSQL 100,000 applications with 1,000,000 steps and as
many entries of the history, fewer on SQLite (`BENCH_APPLICATIONS`). Each page is asked for in this
process, as a person with every role; the empty list is asked for before and after each round, so
that both meet the same machine. The ratio is what counts: of the medians, in one run.
"""

import os
import statistics
import time
from collections.abc import Iterator
from typing import Any, Final, TextIO
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.scale.year import fill_year
from benchmarks.scratch import in_child, scratch_database, server_address
from buendnisse.models import User
from buendnisse.roles import Role

NAME = "admin_lists"
TITLE = "the admin's lists with 100,000 applications against a list without rows"

ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "5"))
# Nothing is ever frozen in the year that is measured.
_EMPTY: Final = "admin:funding_budgetfreeze_changelist"
# Common and rare words, a place, a file number, something that is nowhere, and a slip.
_SEARCHES: Final = (
    "Begegnungscafé",
    "Ueberlingen Caritas",
    "GIV 004711",
    "Netzwerk 4711",
    "gibtesnicht",
    "Ueberlingn",
)


def run(out: TextIO) -> None:
    size = os.environ.get("BENCH_APPLICATIONS", "100000" if server_address() else "10000")
    database = "PostgreSQL" if server_address() else "SQLite"
    with scratch_database() as address:
        seconds = in_child("benchmarks.admin_lists:load", address, size)
        print(f"{database}; {size} applications, loaded in {seconds:.0f} s", file=out, flush=True)
        found = in_child("benchmarks.admin_lists:measure", address)
    print(f"{ROUNDS} times each; medians, against the list without rows", file=out)
    print(f"{'ratio':>6}  {'slowest':>7}  {'queries':>7}  {'rows':>12}  page", file=out)
    for page in sorted(found, key=lambda page: -page["ratio"]):
        print(
            f"{page['ratio']:6.2f}  {page['worst']:7.2f}  {page['queries']:7}"
            f"  {page['rows']:>12}  {page['path']}",
            file=out,
        )


def load(size: str) -> float:
    started = time.perf_counter()
    fill_year(applications=int(size), now=timezone.now())
    if connection.vendor == "postgresql":
        # What autovacuum, where a server has it on, does by itself within a minute.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


def measure() -> list[dict[str, Any]]:
    everyone, user = _signed_in(*Role)
    empty, desk = reverse(_EMPTY), reverse("admin:index")
    pages = [desk, *_addresses(user)]
    for path in [empty, *pages]:
        everyone.get(path)  # the first request compiles the templates
    found = [_measured(everyone, everyone, empty, path) for path in pages]
    for role in sorted(set(Role) - {Role.JUROR}):
        client, _user = _signed_in(role)
        page = _measured(client, everyone, empty, desk)
        found.append({**page, "path": f"{desk} ({role})"})
    return found


def _signed_in(*roles: Role) -> tuple[Client, User]:
    user = User(email=f"{'-'.join(roles)}@scale.invalid", name="Messung", is_staff=True)
    user.set_unusable_password()
    user.save()
    user.groups.set(Group.objects.filter(name__in=roles))
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client, user


def _measured(client: Client, everyone: Client, empty: str, path: str) -> dict[str, Any]:
    """A page as one person sees it, against the list without rows as `everyone` sees it."""
    bare, full = [], []
    for _ in range(ROUNDS):
        bare.append(_seconds(everyone, empty))
        full.append(_seconds(client, path))
        bare.append(_seconds(everyone, empty))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(path)
    changelist = (getattr(page, "context_data", None) or {}).get("cl")
    floor = statistics.median(bare)
    return {
        "path": path,
        "queries": len(captured),
        "rows": changelist.paginator.words if changelist else "",
        "ratio": statistics.median(full) / floor,
        "worst": max(full) / floor,
    }


def _seconds(client: Client, path: str) -> float:
    started = time.perf_counter()
    status = client.get(path).status_code
    assert status == 200, (path, status)  # noqa: S101
    return time.perf_counter() - started


def _addresses(user: User) -> Iterator[str]:
    request = RequestFactory().get("/")
    request.user = user
    for model, model_admin in admin.site._registry.items():  # noqa: SLF001
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        path = reverse(name)
        if path == reverse(_EMPTY) or not model_admin.has_view_permission(request):
            continue
        yield path
        request.GET = request.GET.copy()
        changelist = model_admin.get_changelist_instance(request)
        for spec in changelist.filter_specs:
            # The second choice of each filter (the first is "all") and the last.
            queries = [choice["query_string"] for choice in spec.choices(changelist)]
            yield from (path + query for query in dict.fromkeys([*queries[1:2], queries[-1]]))
        if model_admin.search_fields:
            yield from (f"{path}?{urlencode({'q': words})}" for words in _SEARCHES)
        columns = model_admin.get_list_display(request)
        offered = model_admin.get_sortable_by(request)
        offset = 1 if model_admin.get_actions(request) else 0
        for number, column in enumerate(columns, start=offset):
            if column in offered and changelist.get_ordering_field(column):
                yield f"{path}?o=-{number}"
        if changelist.result_count > model_admin.list_per_page:
            yield f"{path}?p={changelist.paginator.num_pages}"
