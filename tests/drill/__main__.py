"""`python -m tests.drill`: faults under load with a ledger of all writes; the table goes into docs/drill.md."""

import argparse
import sys

from service.settings import ROOT
from tests.drill import report
from tests.drill.faults import FAULTS
from tests.drill.running import run

REPORT = ROOT / "docs" / "drill.md"


def main() -> None:
    """Runs the faults one after another. Exits with 1 when anything was lost, wrong or answered 500."""
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    names = [fault.name for fault in FAULTS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"some of: {', '.join(names)}")
    chosen = parser.parse_args().only
    results = []
    for fault in FAULTS:
        if chosen is None or fault.name in chosen:
            print(f"{fault.title} ...", file=sys.stderr, flush=True)
            results.append(run(fault))
            print(report.table([report.row(results[-1])]).splitlines()[-1], file=sys.stderr)
            for defect in results[-1].defects:
                print(f"  {defect}", file=sys.stderr)
    text = report.document(results)
    if chosen is None:
        REPORT.write_text(text)
    print(text)
    sys.exit(any(result.defects for result in results))


if __name__ == "__main__":
    main()
