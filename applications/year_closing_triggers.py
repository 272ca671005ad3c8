"""What the database itself refuses about the end of a year's waiting list."""

from buendnisse.triggers import Trigger, two_person_step, unchanged

# A year's waiting list is closed by two persons, for good, and nothing comes onto it afterwards.
YEAR_CLOSING_TRIGGERS = (
    *two_person_step("applications_waitinglistclosing", "programme_year_id", "reason"),
    Trigger(
        "applications_programmeyear_closed_by_two",
        "funding_programmeyear",
        "UPDATE",
        "a waiting list is closed by two persons",
        "NEW.waiting_list_closed_at IS NOT NULL AND OLD.waiting_list_closed_at IS NULL "
        "AND NOT EXISTS (SELECT 1 "
        "FROM applications_waitinglistclosing c "
        "WHERE c.programme_year_id = NEW.id AND c.confirmed_at IS NOT NULL)",
    ),
    Trigger(
        "applications_programmeyear_closed_stays",
        "funding_programmeyear",
        "UPDATE",
        "a waiting list that is closed stays closed",
        f"OLD.waiting_list_closed_at IS NOT NULL AND NOT ({unchanged('waiting_list_closed_at')})",
    ),
    Trigger(
        "applications_decision_closing_by_two",
        "applications_decision",
        "INSERT",
        "a waiting list is closed by those who proposed and confirmed it",
        "NEW.closes_year AND NOT EXISTS (SELECT 1 FROM applications_waitinglistclosing c "
        "JOIN applications_application a ON a.programme_year_id = c.programme_year_id "
        "WHERE a.id = NEW.application_id AND c.proposed_by_id = NEW.proposed_by_id "
        "AND c.confirmed_by_id = NEW.decided_by_id)",
    ),
    Trigger(
        "applications_decision_list_is_closed",
        "applications_decision",
        "INSERT",
        "nothing is put on a waiting list that is closed",
        "NEW.kind = 'waiting_list' AND EXISTS (SELECT 1 "
        "FROM applications_application a "
        "JOIN funding_programmeyear y ON y.id = a.programme_year_id "
        "WHERE a.id = NEW.application_id AND y.waiting_list_closed_at IS NOT NULL)",
    ),
)
NO_TRUNCATE = ("applications_waitinglistclosing",)
