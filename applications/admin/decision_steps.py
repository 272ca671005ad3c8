"""Proposing, deciding, giving back and taking back, one case at a time."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin import steps
from applications.admin.decision_changes import changes_between_proposals, changes_since_proposals
from applications.admin.jury_words import gap_words, result_words
from applications.admin.selection_money import money_of
from applications.admin.step_page import StepPage
from applications.admin.wording import decision_words
from applications.differences import Change, budget_changes
from applications.enums import DecisionKind, State
from applications.forms.admin_decide import ApprovalForm, DecisionReasonForm, ProposalForm
from applications.models import Decision
from applications.presentation import shown
from applications.queries import confirmed_cap
from applications.services.basis import basis_of, budget_of_years
from applications.services.decision import approve, propose, send_back, take_back
from applications.services.four_eyes import why_not_decide
from applications.services.jury_results import votes_of
from applications.transitions import PROPOSING_ACTION, TRANSITIONS
from buendnisse.templatetags.display import euro
from funding.models import BudgetFreeze, ProgrammeYear
from funding.queries import free_by_tranche, freezes_in_force
from funding.rules.caps import award_amount

MAILED_LATER = gettext_lazy(
    "Jetzt geht keine E-Mail hinaus. Das Bündnis erfährt die Entscheidung erst, wenn sie bekannt "
    "gegeben wird; die E-Mails dazu stehen vorher im Wortlaut auf der Seite „Bekannt geben“."
)


class ProposePage(StepPage):
    step = steps.PROPOSE
    template_name = "admin/applications/application/propose.html"
    form_class = ProposalForm
    submit_label = gettext_lazy("Vorschlagen")

    def form_kwargs(self) -> dict[str, Any]:
        state = self.application.state
        kinds = [
            kind
            for kind, action in PROPOSING_ACTION.items()
            if state in TRANSITIONS[action].sources
        ]
        if self.application.programme_year.waiting_list_closed_at:
            kinds = [kind for kind in kinds if kind != DecisionKind.WAITING_LIST]
        self.votes = votes_of([self.application])[self.application.pk]
        return {"kinds": kinds, "departs": not self.votes.are_complete}

    def context(self, form: Any) -> dict[str, Any]:
        application = self.application
        year = application.programme_year
        facts = [
            *self.facts(),
            *self.money_facts(),
            (_("Jury"), result_words(application, self.votes, self.user)),
        ]
        intro = [_("Ihr Vorschlag ist noch keine Entscheidung: Die trifft eine andere Person.")]
        if year.waiting_list_closed_at and application.state == State.ELIGIBLE:
            intro.append(
                _(
                    "Die Nachrückliste %(year)s ist geschlossen, und kein Antrag kommt mehr "
                    "darauf. Vorschlagen lassen sich eine Bewilligung oder eine Ablehnung."
                )
                % {"year": year}
            )
        context = {"facts": facts, "intro": intro}
        cap = confirmed_cap(application)
        eligible = application.eligible_amount
        if cap is None or eligible is None:
            return context
        amount = award_amount(eligible, cap.amount)
        money = money_of(year, self.now)
        facts += [
            (_("Eine Bewilligung wäre über"), euro(amount)),
            (_("Frei nach den offenen Vorschlägen"), money.left_words),
        ]
        warnings = []
        if gap := gap_words(self.votes):
            departs = _(
                "Eine Bewilligung weicht dann vom Verfahren ab, denn eine Auswahl wartet auf jede "
                "Bewertung. Sie lässt sich nur mit einer Begründung dafür vorschlagen."
            )
            warnings.append(f"{gap} {departs}")
        if too_little := money.too_little_words(amount, is_proposed=False):
            warnings.append(too_little)
        return {
            **context,
            "warnings": warnings,
            "freeze": next(iter(freezes_in_force([year])), None),
        }

    def perform(self, form: ProposalForm) -> str:
        decision = propose(
            application_id=self.application.pk,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            departure=form.cleaned_data.get("departure", ""),
            acting_user=self.user,
            now=self.now,
        )
        said = _("Vorgeschlagen: %(decision)s.") % {"decision": decision_words(decision)}
        if decision.amount is None:
            return said
        money = money_of(self.application.programme_year, self.now)
        return f"{said} {money.too_little_words(decision.amount, is_proposed=True)}".strip()


class _OpenDecisionPage(StepPage):
    """A page about one decision; where it is gone, there is nothing to show but the case."""

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "application": self.application,
            "initial": {"decision": self.decision.pk if self.decision else None},
        }

    def decision_facts(self) -> list[tuple[str, str]]:
        decision = self.decision
        if decision is None:
            return []
        lead = next(
            (each for each in self.application.alliance.organisations.all() if each.is_lead), None
        )
        facts = [
            (_("Vorschlag"), decision_words(decision)),
            (_("Zuwendungsempfänger"), shown(lead)),
            (_("Begründung"), decision.reason),
            (_("Geprüft von"), shown(decision.checked_by)),
            (_("Vorgeschlagen von"), shown(decision.proposed_by)),
        ]
        votes = votes_of([self.application])[self.application.pk]
        facts.append((_("Jury"), result_words(self.application, votes, self.user)))
        if self.application.reduction_reason:
            facts.append((_("Grund der Kürzung"), self.application.reduction_reason))
        return facts

    def context(self, form: Any) -> dict[str, Any]:
        return {"facts": [*self.facts(), *self.money_facts(), *self.decision_facts()]}


class ApprovePage(_OpenDecisionPage):
    """What is decided is shown, and the decision is bound to what was shown."""

    step = steps.APPROVE
    template_name = "admin/applications/application/approve.html"
    form_class: type[ApprovalForm] = ApprovalForm

    def form_kwargs(self) -> dict[str, Any]:
        kwargs = super().form_kwargs()
        kwargs["initial"]["basis_digest"] = basis_of(self.application)
        kwargs["initial"]["budget"] = budget_of_years(self.years_of_money(), self.now)
        return kwargs

    def years_of_money(self) -> list[ProgrammeYear]:
        is_award = self.decision is not None and self.decision.kind == DecisionKind.AWARD
        return [self.application.programme_year] if is_award else []

    def context(self, form: Any) -> dict[str, Any]:
        decision, freeze = self.decision, None
        context = super().context(form)
        context["submit_label"] = _("Entscheiden")
        context |= self.changes(form)
        if decision is None or decision.decided_at:
            return {**context, "submit_hidden": True}
        context["intro"] = [MAILED_LATER]
        if decision.kind == DecisionKind.AWARD:
            votes = votes_of([self.application])[self.application.pk]
            context["jury_gap"] = gap_words(votes)
        labels = {
            DecisionKind.AWARD: _("Bewilligen"),
            DecisionKind.REJECTION: _("Ablehnen"),
            DecisionKind.WAITING_LIST: _("Auf die Nachrückliste setzen"),
        }
        context["submit_label"] = labels[DecisionKind(decision.kind)]
        context["decision"] = decision
        if years := self.years_of_money():
            context["tranches"] = free_by_tranche(years, self.now)
            context["freeze"] = freeze = next(iter(freezes_in_force(years)), None)
        context["four_eyes"] = why_not_decide([decision], self.user).get(self.application.pk, "")
        context["submit_hidden"] = bool(context["four_eyes"] or freeze)
        if freeze:
            context["warning"] = frozen_words(freeze)
        if decision.basis_digest != basis_of(self.application):
            context["warning"] = _(
                "Der Antrag hat sich seit dem Vorschlag geändert. Geben Sie den Vorschlag zurück, "
                "damit er auf dem neuen Stand geprüft wird."
            )
            context["submit_hidden"] = True
        return context

    def changes(self, form: Any) -> dict[str, Any]:
        """What is not as it was proposed, or not as this page has shown it; and a form for now."""
        seen = self.seen_decision(form)
        found: list[Change] = []
        if seen is not None and seen != self.decision:
            found = changes_between_proposals(seen, self.decision, self.application)
        elif self.decision is not None:
            self.decision.application = self.application
            found = changes_since_proposals([self.decision]).get(self.decision.pk, [])
        if not form.is_bound:
            return {"changes": found, "changes_title": _("Seit dem Vorschlag geändert")}
        if seen is not None and (years := self.years_of_money()):
            budget = budget_of_years(years, self.now)
            found += budget_changes(form.cleaned_data.get("budget") or {}, budget)
        context = {"changes": found, "changes_title": _("Das hat sich geändert")}
        if self.decision is None or self.decision.decided_at:
            return context
        return {**context, "form": self.form_for_now(form)}

    def form_for_now(self, form: ApprovalForm) -> ApprovalForm:
        """The refused form, bound to what is shown now: the next click is about that."""
        kwargs = self.form_kwargs()
        fresh = self.form_class.for_what_is_shown(**kwargs)
        for error in form.non_field_errors() or [_("Bitte sehen Sie noch einmal hin.")]:
            fresh.add_error(None, error)
        return fresh

    def seen_decision(self, form: Any) -> Decision | None:
        if not form.is_bound:
            return None
        key = form.cleaned_data.get("decision")
        return next((each for each in self.application.decisions.all() if each.pk == key), None)

    def perform(self, form: ApprovalForm) -> str:
        decision = approve(
            decision_id=form.cleaned_data["decision"],
            basis_digest=form.cleaned_data["basis_digest"],
            budget=form.cleaned_data["budget"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Entschieden: %(decision)s. Das Bündnis erfährt es bei der Bekanntgabe.") % {
            "decision": decision_words(decision)
        }


class SendBackPage(_OpenDecisionPage):
    step = steps.SEND_BACK
    form_class = DecisionReasonForm
    submit_label = gettext_lazy("Vorschlag zurückgeben")

    def context(self, form: Any) -> dict[str, Any]:
        intro = _(
            "Der Fall geht an die Sachbearbeitung zurück, die Ihren Grund liest. Es geht keine "
            "E-Mail hinaus, und das Bündnis erfährt nichts davon."
        )
        return {**super().context(form), "intro": [intro]}

    def perform(self, form: DecisionReasonForm) -> str:
        send_back(
            decision_id=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Der Vorschlag ist zurückgegeben.")


class TakeBackPage(_OpenDecisionPage):
    step = steps.TAKE_BACK
    form_class = DecisionReasonForm
    submit_label = gettext_lazy("Entscheidung zurücknehmen")

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [
                _(
                    "Der Vorschlag wird wieder offen, gebundenes Geld wird frei, und noch niemand "
                    "hat von der Entscheidung erfahren."
                )
            ],
        }

    def perform(self, form: DecisionReasonForm) -> str:
        take_back(
            decision_id=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Die Entscheidung ist zurückgenommen. Der Vorschlag ist wieder offen.")


def frozen_words(freeze: BudgetFreeze) -> str:
    """Why no award of this year can be approved now."""
    return _(
        "Das Programmjahr %(year)s ist gesperrt (Haushaltssperre). Eine Bewilligung braucht neues "
        "Geld und ist erst nach der Aufhebung der Sperre möglich."
    ) % {"year": freeze.programme_year}
