"""`manage.py verify_ledger`: proves the ledger, or names the first entry that is wrong."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from funding.services.verification import Fault, LedgerProof, chain_heads

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
        parser.add_argument(
            "--head", action="store_true", help="print where each chain ends, and verify nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["head"]:
            for head in chain_heads():
                self.stdout.write(f"{head.tranche} {head.length} {head.mac}")
            return
        proof = LedgerProof(settings.LEDGER_KEY.encode())
        findings = list(proof.findings())
        for finding in findings:
            place = f"{finding.place}/{finding.sequence}" if finding.sequence else finding.place
            self.stderr.write(f"{place}: {_WORDS[finding.fault]}")
        if findings:
            raise CommandError(f"The ledger is not sound: {len(findings)} finding(s).")
        self.stdout.write(
            f"The ledger is sound: {proof.entries} entries in {len(proof.heads)} chain(s)."
        )
