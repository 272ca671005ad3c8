"""`manage.py verify_ledger`: proves the ledger, or names the first entry that is wrong."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from funding.services.verification import Fault, LedgerProof, chain_heads, lacks_head

_WORDS = {
    Fault.GAP: "this entry is missing or its number is not the next",
    Fault.SEAL: "the seal does not fit: this entry or the order before it was changed",
    Fault.REASON: "the words of the reason are not those that were sealed",
    Fault.IMPOSSIBLE: "the entry moves more money than was there",
    Fault.BALANCE: "the stored balance is not what the entries add up to",
    Fault.HEAD: "the chain ends before or elsewhere than the tranche says",
    Fault.AWARD: "the award's entries do not add up to what it holds",
}


class Command(BaseCommand):
    help = "Walks every chain of the ledger and adds up every balance; exit code 1 if one is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        either = parser.add_mutually_exclusive_group()
        either.add_argument(
            "--head", action="store_true", help="print where each chain ends, and verify nothing"
        )
        either.add_argument(
            "--contains",
            nargs="+",
            default=[],
            metavar="HEAD",
            help="heads noted earlier, as exports print them (2016-1/57/ab12cd34ef56ab78): fails "
            "when a chain does not hold such an entry any more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["head"]:
            for head in chain_heads():
                self.stdout.write(f"{head.tranche} {head.length} {head.mac}")
            return
        lost = _lost_heads(options["contains"])
        proof = LedgerProof(settings.LEDGER_KEY.encode())
        findings = list(proof.findings())
        for finding in findings:
            place = f"{finding.place}/{finding.sequence}" if finding.sequence else finding.place
            self.stderr.write(f"{place}: {_WORDS[finding.fault]}")
        for noted in lost:
            self.stderr.write(f"{noted}: the chain does not hold this entry (any more)")
        if findings or lost:
            raise CommandError(f"The ledger is not sound: {len(findings) + len(lost)} finding(s).")
        self.stdout.write(
            f"The ledger is sound: {proof.entries} entries in {len(proof.heads)} chain(s)."
        )


def _lost_heads(noted: list[str]) -> list[str]:
    """Those that no chain holds. One argument may be the whole line of an export."""
    try:
        return [head for line in noted for head in line.split("; ") if lacks_head(head)]
    except ValueError as error:
        raise CommandError(str(error)) from error
