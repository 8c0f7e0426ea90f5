"""What the kernel's operations cost, in guest instructions: the same number on every machine."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .build import Kernel
from .i18n import _
from .machine import Machine
from .stages import Stage


def bench(console: Console, kernel: Kernel, stages: Sequence[Stage]) -> bool:
    """Prints the table of costs; returns whether all are within their bars."""
    table = Table(title=_("Guest instructions"), title_style="bold", header_style="dim")
    for heading in (_("stage"), _("operation"), _("cost"), _("bar"), _("others")):
        table.add_column(heading, justify="right" if heading in (_("cost"), _("bar")) else "left")
    within = True
    for stage in stages:
        for row in stage.benches:
            machine = Machine(kernel, icount=True)
            try:
                cost = machine.run(row.command, 60.0)[-1].value / row.times
            finally:
                machine.close()
            within &= cost <= row.bar
            table.add_row(stage.name, row.title,
                          Text(f"{cost:.1f}", style="green" if cost <= row.bar else "red"),
                          str(row.bar), row.peers)
    console.print(table)
    return within
