"""An application that came by post, from people who read no e-mail: they are answered by letter."""

from datetime import date, datetime, timedelta

from applications.demo.plans import Plan
from applications.demo.steps import (
    DECLARATIONS,
    Stage,
    money_values,
    organisations_of,
    place_values,
    plan_lines,
    project_values,
)
from applications.models import Application
from applications.services.drafting import save_section
from applications.services.entry import begin_entry, save_entered_organisation, submit_entered


def enter_from_paper(stage: Stage, plan: Plan, *, received: date, now: datetime) -> Application:
    """The case officer types what came on paper and hands it in; the acknowledgement is a letter.

    Without an e-mail address, the applicant in law has a postal one.
    """
    application = begin_entry(
        programme_year_id=stage.year.pk,
        alliance_id=None,
        alliance_name=plan.alliance,
        received_date=received,
        reason="Kam mit der Post: Im Bündnis liest niemand E-Mails.",
        acting_user=stage.officer,
        now=now,
    )
    for organisation in organisations_of(plan):
        organisation.alliance = application.alliance
        if organisation.is_lead:
            organisation.street = "Beispielweg 1"
            organisation.postal_code = "70000"
        save_entered_organisation(
            application_id=application.pk,
            organisation=organisation,
            acting_user=stage.officer,
            now=now,
        )
    start = date(stage.year.year, 9, 1)
    application = save_section(
        application_id=application.pk,
        acting_user=stage.officer,
        now=now + timedelta(minutes=20),
        version=application.version,
        values={
            **place_values(plan),
            **project_values(plan, start, start + timedelta(days=364)),
            **money_values(plan),
            **DECLARATIONS,
            "contact_name": f"Demo-Ansprechperson {plan.number}",
            "contact_email": "",
            "contact_phone": "",
            "signatory_name": f"Demo-Vertretung {plan.number}",
            "signatory_function": "Vertretungsberechtigte Person",
            "consent_on_paper": True,
        },
        lines=plan_lines(plan),
    )
    return submit_entered(
        application_id=application.pk, acting_user=stage.officer, now=now + timedelta(minutes=30)
    )
