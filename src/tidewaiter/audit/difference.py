"""One disagreement between the ledger and an edition."""

from __future__ import annotations

from dataclasses import asdict, dataclass

NOT_IN_LEDGER = "not_in_ledger"
NOT_PRINTED = "not_printed"
RATE = "rate"
BASIS = "basis"
PRINTED_BEFORE_START = "printed_before_start"
PRINTED_AFTER_END = "printed_after_end"
PRINTED_NEVER_IN_FORCE = "printed_never_in_force"
PRINTED_SUSPENDED = "printed_suspended"
SUSPENDED_NOTE = "suspended_note"
FOOTNOTE_WITHOUT_LIST = "footnote_without_list"
LIST_WITHOUT_FOOTNOTE = "list_without_footnote"
FOOTNOTE_DIFFERS = "footnote_differs"

KINDS = {
    NOT_IN_LEDGER: "the edition prints a heading that the ledger lacks",
    NOT_PRINTED: "the ledger has a heading in force that the edition does not print",
    RATE: "the two rate a heading otherwise",
    BASIS: "the two charge a heading on another part of the value",
    PRINTED_BEFORE_START: "the edition prints a heading that is not yet in force",
    PRINTED_AFTER_END: "the edition prints a heading that is no longer in force",
    PRINTED_NEVER_IN_FORCE: "the edition prints a heading that no act puts in force",
    PRINTED_SUSPENDED: "the edition prints, without a word, a heading that is suspended",
    SUSPENDED_NOTE: "the edition says that a heading is suspended or over, which the ledger has in force",
    FOOTNOTE_WITHOUT_LIST: "a footnote names a heading on a product that is on no list",
    LIST_WITHOUT_FOOTNOTE: "a product is on a list and no footnote names its heading",
    FOOTNOTE_DIFFERS: "footnote and list name different headings",
}
"""Every kind of difference, and what it means."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edition prints and what the ledger says, where the two disagree on the edition's legal date.

    - ``edition``: its name; ``place``: its position in the table of editions; ``on``: the legal date, ISO.
    - ``kind``: one of ``KINDS``; ``what``: a heading (9903.88.15) or a tariff number (8507.60.0090).
    - ``printed``, ``ledger``: what each side says. ``reason``: why it stands, empty if nobody has said.
    """

    edition: str
    place: int
    on: str
    kind: str
    what: str
    printed: str
    ledger: str
    reason: str = ""

    def as_json(self) -> dict[str, str]:
        """The difference as a JSON object."""
        fields = asdict(self)
        del fields["place"]
        return fields


def say(difference: Difference) -> str:
    """The difference on one line.

    >>> say(Difference("2025 rev 4", 4, "2025-03-07", "printed_before_start", "9903.81.87", "+ 25%", "not in force", "Early."))
    '2025 rev 4 (2025-03-07) 9903.81.87 printed_before_start: prints "+ 25%", ledger: not in force. Early.'
    """
    one = difference
    text = f'{one.edition} ({one.on}) {one.what} {one.kind}: prints "{one.printed}", ledger: {one.ledger}'
    return f"{text}. {one.reason}" if one.reason else text
