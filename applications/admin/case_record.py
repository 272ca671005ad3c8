"""The whole case file as one PDF, for the electronic file (eAkte), with its attachments listed.

It holds what the page of the case shows to this person, and so is made from the same context.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from applications.admin.case_page import case_context, find_case
from applications.models import Application, Attachment, Decision, Review
from applications.services.conflicts import why_closed
from buendnisse.admin_pages import change_url
from buendnisse.documents import render_pdf
from buendnisse.models import User
from buendnisse.templatetags.display import DASH, day, euro, moment, score_words


@require_safe
def case_record_page(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """The file, for whoever may see the case."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    application = find_case(pk)
    if application is None:
        raise Http404
    if why_closed(application, request.user):  # type: ignore[arg-type]
        # The page of the case says why.
        return redirect(change_url(application))
    name = f"akte-{application.reference or application.pk}.pdf".lower()
    return HttpResponse(
        case_record(application, request.user, now=timezone.now()),  # type: ignore[arg-type]
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def case_record(application: Application, user: User, *, now: datetime) -> bytes:
    """The case file as an accessible PDF, as it stands ``now`` and as ``user`` may see it."""
    with override("de"):
        return render_pdf(
            "case_record",
            _contents(application, case_context(application, user, now), user),
            title=_("Akte %(name)s") % {"name": application},
            subject=application.title,
            now=now,
        )


def _contents(
    application: Application, context: Mapping[str, Any], user: User
) -> dict[str, object]:
    attachments = application.attachments.select_related("uploaded_by")
    return {
        "facts": _facts(application, context, user),
        "unannounced": any(
            decision.decided_at and not decision.announced_at for decision in context["decisions"]
        ),
        "findings": _pairs(context["findings"]),
        "organisations": [
            [
                each.name,
                each.get_kind_display(),
                each.get_legal_form_display(),
                _("Antragsteller") if each.is_lead else "",
            ]
            for each in context["organisations"]
        ],
        "sections": [
            {"heading": str(heading), "rows": _pairs(rows)} for heading, rows in context["sections"]
        ],
        "plan": [
            [str(part.heading), line.description or DASH, euro(line.amount)]
            for part in context["plan_parts"]
            for line in part.lines
        ],
        "plan_totals": [
            [_("Ausgaben"), euro(context["plan"].costs)],
            [_("Beantragte Zuwendung"), euro(context["plan"].grant)],
            [_("Finanzierung zusammen"), euro(context["plan"].funding)],
        ],
        "attachments": [_attachment_row(each) for each in attachments],
        "checklist": [
            [
                str(line.label),
                line.result.get_answer_display() if line.result else _("offen"),
                line.result.note if line.result else "",
                f"{line.result.answered_by}\n{day(line.result.answered_at)}" if line.result else "",
            ]
            for line in context["checklist"]
        ],
        "notes": [
            [moment(each.written_at), str(each.author), each.text or _("(gelöscht)")]
            for each in context["notes"]
        ],
        "letters": [
            [moment(each.at), each.who, "\n".join(_letter_lines(each))]
            for each in context["letters"]
        ],
        "mails": [
            [
                moment(each.created_at),
                each.recipient or DASH,
                each.subject,
                each.get_state_display(),
            ]
            for each in context["mails"]
        ],
        "scores_hidden": context["scores_hidden"],
        "reviews": []
        if context["scores_hidden"]
        else [_review_row(each, context["counted_reviews"]) for each in context["reviews"]],
        "decisions": [_decision_row(each) for each in context["decisions"]],
        "events": [
            [moment(each.at), each.who, "\n".join(filter(None, [each.what, each.reason]))]
            for each in context["events"]
        ],
        "follow_ups": [
            [
                day(each.due_date),
                str(each.person),
                each.words,
                day(each.done_at) if each.done_at else _("offen"),
            ]
            for each in context["follow_ups"]
        ],
    }


def _facts(application: Application, context: Mapping[str, Any], user: User) -> list[list[str]]:
    rows = [
        [_("Aktenzeichen"), application.reference or DASH],
        [_("Programmjahr"), str(application.programme_year)],
        [_("Lokales Bündnis"), application.alliance.name],
        [_("Antragsteller"), str(context["lead"] or DASH)],
        [_("Stand"), str(context["state_words"])],
        [_("Eingereicht"), moment(application.submitted_at)],
        [_("Zuständig"), str(application.officer or DASH)],
    ]
    if application.is_entered:
        rows.append([_("Auf Papier eingegangen"), day(application.received_date)])
        rows.append([_("Erfasst von"), str(application.created_by)])
        rows.append([_("Warum erfasst"), application.intake_reason])
    return [*rows, [_("Zusammengestellt für"), str(user)]]


def _pairs(rows: Any) -> list[list[str]]:
    return [[str(row.label), str(row.value)] for row in rows]


def _attachment_row(attachment: Attachment) -> list[str]:
    state = _("entfernt am %(day)s") % {"day": day(attachment.removed_at)}
    return [
        "\n".join(filter(None, [attachment.name or DASH, attachment.description])),
        attachment.get_kind_display() or DASH,
        filesizeformat(attachment.size),
        "\n".join(
            filter(
                None,
                [
                    moment(attachment.uploaded_at),
                    str(attachment.uploaded_by),
                    state if attachment.removed_at else "",
                ],
            )
        ),
        attachment.digest or DASH,
    ]


def _letter_lines(letter: Any) -> Iterator[str]:
    yield letter.heading
    if letter.text:
        yield letter.text
    for label, words in letter.fields:
        yield f"– {label}: {words}" if words else f"– {label}"


def _review_row(review: Review, counted: Sequence[Review]) -> list[str]:
    if review.conflict_declared_at:
        words = _("befangen")
        if review in counted:
            words = _("%(score)s, später befangen") % {"score": score_words(review.score)}
        return [str(review.juror), words, review.conflict_reason]
    if review.scored_at:
        return [str(review.juror), score_words(review.score), review.comment]
    return [str(review.juror), _("noch nicht bewertet"), ""]


def _decision_row(decision: Decision) -> list[str]:
    what = decision.get_kind_display()
    if decision.amount is not None:
        what += f", {euro(decision.amount)}"
    people = [
        (_("Vorgeschlagen"), decision.proposed_by, decision.proposed_at),
        (_("Entschieden"), decision.decided_by, decision.decided_at),
        (_("Zurückgenommen"), decision.taken_back_by, decision.taken_back_at),
        (_("Bekannt gegeben"), decision.announced_by, decision.announced_at),
    ]
    return [
        what,
        decision.get_outcome_display(),
        decision.reason,
        "\n".join(f"{label}: {who}, {moment(at)}" for label, who, at in people if at),
    ]
