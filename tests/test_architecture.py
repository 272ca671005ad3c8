"""The rules of the house, read from the source and the models themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from buendnisse.demo import urls as demo_urls

ROOT = Path(__file__).resolve().parent.parent
# Each may know itself and those behind it.
ORDER = ["applications", "funding", "buendnisse"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in ORDER]

Import = tuple[str, int, str]


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        path = ROOT / folder
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every imported module, wherever in the file it is imported."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path, node.lineno)} imports relatively"
            yield node.lineno, node.module or ""


# --- Who may know whom ----------------------------------------------------------------------


@pytest.mark.parametrize("app", ORDER)
def test_imports_run_one_way(app: str) -> None:
    in_front = set(ORDER[: ORDER.index(app)])
    # The composition root, and the demo's server beside it, wire every app together.
    exempt = ROOT / "buendnisse" / "config"
    found = [
        place(path, line)
        for path in sources(app)
        if exempt not in path.parents
        for line, module in imports_of(path)
        if module.split(".")[0] in in_front
    ]
    assert found == []


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_one_way(model: type[models.Model]) -> None:
    """A string reference escapes an import checker; here it does not."""
    app = model._meta.app_label
    in_front = set(ORDER[: ORDER.index(app)])
    assert [
        field.name
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model
        and field.related_model._meta.app_label in in_front
    ] == []


@pytest.mark.parametrize("app", ["applications", "funding"])
def test_rules_are_pure_python(app: str) -> None:
    allowed = {"applications.rules", "funding.rules"}
    found = [
        f"{place(path, line)} {module}"
        for path in sources(f"{app}/rules")
        for line, module in imports_of(path)
        if module.split(".")[0] in {"django", "celery", *ORDER}
        and ".".join(module.split(".")[:2]) not in allowed
    ]
    assert found == []


LAYERS = {
    "models": {"services", "views", "forms", "admin", "queries", "emails", "tasks"},
    "queries": {"services", "views", "forms", "admin", "emails", "tasks"},
    "services": {"views", "forms", "admin", "tasks"},
    "rules": {"services", "views", "forms", "admin", "queries", "emails", "tasks", "models"},
}


@pytest.mark.parametrize("app", ORDER)
@pytest.mark.parametrize("layer", LAYERS)
def test_inside_an_app_nothing_looks_up(app: str, layer: str) -> None:
    found = [
        f"{place(path, line)} {module}"
        for name in (layer, f"{layer}.py")
        if (ROOT / app / name).exists()
        for path in sources(f"{app}/{name}")
        for line, module in imports_of(path)
        if module.split(".")[0] in ORDER and [*module.split("."), ""][1] in LAYERS[layer]
    ]
    assert found == []


# --- Time and money -------------------------------------------------------------------------

CLOCKS = {"now", "today", "utcnow", "localdate", "localtime", "time", "time_ns"}
CLOCK_OWNERS = {"datetime", "date", "timezone", "time"}


def clock_reads(path: Path) -> list[str]:
    """Calls that ask what time it is; one with an argument only converts (`localdate(now)`)."""
    return [
        place(path, node.lineno)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and not node.args
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in CLOCK_OWNERS
    ]


@pytest.mark.parametrize("app", ORDER)
def test_rules_services_and_queries_receive_the_time(app: str) -> None:
    files = [
        path
        for part in ("rules", "services", "queries.py", "emails.py", "transitions.py")
        if (ROOT / app / part).exists()
        for path in sources(f"{app}/{part}")
    ]
    assert files
    assert [read for path in files for read in clock_reads(path)] == []


def test_there_is_no_float_in_the_rules_and_services() -> None:
    found = [
        place(path, node.lineno)
        for path in sources(
            "funding/rules", "funding/services", "applications/rules", "applications/services"
        )
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float")
    ]
    assert found == []


def test_there_is_no_float_in_the_database() -> None:
    assert [
        f"{model._meta.label}.{field.name}"
        for model in OUR_MODELS
        for field in model._meta.get_fields()
        if isinstance(field, models.FloatField)
    ] == []


def test_amounts_have_two_places() -> None:
    """Scores have twelve, points one, coordinates four: everything else is euros or percent."""
    other = {"score", "participation_score", "points", "latitude", "longitude"}
    assert {
        field.decimal_places
        for model in OUR_MODELS
        for field in model._meta.get_fields()
        if isinstance(field, models.DecimalField) and field.name not in other
    } == {2}


# --- What is kept ---------------------------------------------------------------------------

# The plan is part of a draft; what was submitted is kept in the submission's content.
MAY_GO_WITH_ITS_OWNER = {"applications.BudgetLine.application"}


def test_nothing_of_money_and_history_goes_with_something_else() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in OUR_MODELS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete != models.PROTECT
    }
    assert found == MAY_GO_WITH_ITS_OWNER


def test_every_constraint_and_index_has_a_name_of_its_own() -> None:
    """A generated name ends in a hash; nobody can act on that."""
    names = [
        rule.name
        for model in OUR_MODELS
        for rule in (*model._meta.constraints, *model._meta.indexes)
    ]
    assert len(names) > 50
    assert [name for name in names if not name or re.search(r"_[0-9a-f]{6,8}_idx$|%", name)] == []
    assert len(set(names)) == len(names)
    assert [name for name in names if len(name) > 63] == []


def test_there_is_no_unnamed_uniqueness_over_fields() -> None:
    assert [model._meta.label for model in OUR_MODELS if model._meta.unique_together] == []


def test_states_are_written_by_services_alone() -> None:
    """`QuerySet.update(state=…)` would step past the table and leave no history."""
    found = [
        place(path, node.lineno)
        for path in sources(*ORDER)
        if "migrations" not in path.parts
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and any(keyword.arg == "state" for keyword in node.keywords)
    ]
    # Mails have a state too, and their outbox is no application.
    assert [line for line in found if "services/outbox.py" not in line] == []


# --- Files ----------------------------------------------------------------------------------


def test_modules_stay_small_and_have_a_name() -> None:
    found = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*ORDER)
        if "migrations" not in path.parts
    }
    assert [name for name in found if Path(name).name in {"utils.py", "helpers.py"}] == []
    assert {name: length for name, length in found.items() if length > 450} == {}


def test_services_are_called_by_keyword() -> None:
    """Public functions of services take keywords only; a key alone may stand first."""
    found = [
        f"{place(path, node.lineno)} {node.name}"
        for path in sources("funding/services", "applications/services")
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and "acting_user" in {argument.arg for argument in node.args.args}
    ]
    assert found == []


def test_whatever_acts_is_written_down_as_that_persons() -> None:
    """What a service changes stands in the history with its person, moment and reason."""
    found = [
        f"{place(path, node.lineno)} {node.name}: put @recorded above @transaction.atomic"
        for app in ORDER
        for path in sources(f"{app}/services")
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef)
        and {"acting_user", "now"} <= {argument.arg for argument in node.args.kwonlyargs}
        and "transaction.atomic" in (decorators := [ast.unparse(d) for d in node.decorator_list])
        and decorators[0] != "recorded"
    ]
    assert found == []


def test_whatever_acts_takes_the_moment_and_the_person() -> None:
    found = [
        f"{place(path, node.lineno)} {node.name}"
        for path in sources("funding/services", "applications/services")
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and {argument.arg for argument in node.args.kwonlyargs} >= {"acting_user"}
        and "now" not in {argument.arg for argument in node.args.kwonlyargs}
        and not node.name.startswith(("require_transition", "require_entering"))
    ]
    assert found == []


# --- Templates ------------------------------------------------------------------------------

COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", re.DOTALL)
INLINE = {
    "a script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "something from outside": re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
    ),
}


def is_mail(path: Path) -> bool:
    """Mail programs have no stylesheets; our content policy is not theirs."""
    return "emails" in path.parts or "email" in path.parts


@pytest.mark.parametrize("kind", INLINE)
def test_templates_hold_nothing_inline(kind: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in TEMPLATES
        if not is_mail(path)
        and INLINE[kind].search(COMMENT.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


def url_names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield f"{namespace}{entry.name}"
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from url_names(entry, inner)


URL_TAG = re.compile(r"""{%\s*url\s+['"]([^'"]+)['"]""")


def test_every_url_that_a_template_names_exists() -> None:
    known = set(url_names(get_resolver()))
    # Pages that exist in the demo alone; templates name them behind a condition.
    known |= {pattern.name for pattern in demo_urls.urlpatterns if isinstance(pattern, URLPattern)}
    missing = [
        f"{path.relative_to(ROOT)} {name}"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        if path.suffix in {".html", ".txt"}
        for name in URL_TAG.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))
        if name not in known
    ]
    assert missing == []
