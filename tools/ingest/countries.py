"""Puts the country codes of Schedule C (Census Bureau), and its names, beside the ISO codes in ``law/countries.csv``.

The ISO codes, names and aliases of that file are kept by hand and read back; only what Schedule C says is taken from the source.
Run twice, it writes the same bytes.
"""

from __future__ import annotations

import csv
import re

from common import LAW, read_table

FILE = LAW / "countries.csv"
HEAD = """\
# ISO 3166-1 alpha-2 codes (and XK as customs use it), with names people type. Source: ISO 3166-1.
# census: country codes of Schedule C (a country may have several), which customs use for statistics. Source: U.S. Census Bureau.
# ambiguous: names under which people may mean another country as well: asked back, never resolved.
"""
# Schedule C names that no ISO name or alias equals once what stands in brackets is left out.
SAID_OTHERWISE = {
    "Denmark, except Greenland": "DK",
    "Gaza Strip administered by Israel": "PS",
    "West Bank administered by Israel": "PS",
    "Congo, Republic of the Congo": "CG",
    "Congo, Democratic Republic of the Congo (formerly Za": "CD",
    "Heard Island and McDonald Islands": "HM",
    "Pitcairn Islands": "PN",
    "Macao": "MO",
    "Curacao": "CW",
    "Reunion": "RE",
    "French Southern and Antarctic Lands": "TF",
}
NO_ALIAS = {
    "Congo, Democratic Republic of the Congo (formerly Za",
    "Denmark, except Greenland",
    "in the Indian Ocean",
    "Keeling",
}
AMBIGUOUS = {
    "CG": ["Congo"],
    "CD": ["Congo"],
    "VG": ["Virgin Islands"],
    "VI": ["Virgin Islands"],
    "MF": ["Saint Martin"],
    "SX": ["Saint Martin"],
}
MORE = {
    "GB": ["U.K.", "Northern Ireland", "Scotland", "Wales"],
    "US": ["U.S.", "U.S.A."],
    "KR": ["S. Korea", "Korea, South", "Republic of South Korea"],
    "KP": ["N. Korea", "Korea, North"],
    "CN": ["PR China", "P.R.C."],
    "TW": ["Republic of China", "ROC", "Taiwan R.O.C."],
    "AE": ["U.A.E."],
    "MO": ["Macao"],
    "VG": ["British Virgin Islands"],
    "VI": ["US Virgin Islands", "U.S. Virgin Islands"],
}
NAMES = {"VG": "British Virgin Islands", "VI": "Virgin Islands of the United States", "CG": "Congo, Republic of the"}


def plain(name: str) -> str:
    """A name without what stands in brackets."""
    return re.sub(r"\s*\([^)]*\)?", "", name).strip()


def main() -> None:
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    known: dict[str, str] = {}
    for row in rows:
        row["name"] = NAMES.get(row["code"], row["name"])
        for name in (row["name"], plain(row["name"]), *row["aliases"].split(";")):
            known.setdefault(name.casefold(), row["code"])
    codes: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}
    for row in read_table("us/census_codes.csv"):
        iso = SAID_OTHERWISE.get(row["Name"]) or known[plain(row["Name"]).casefold()]
        codes.setdefault(iso, []).append(row["Code"])
        if row["Name"] not in NO_ALIAS:
            inside = [name for name in re.findall(r"\(([^)]*)\)", row["Name"]) if name not in NO_ALIAS]
            names.setdefault(iso, []).extend([plain(row["Name"]), *inside])
    with FILE.open("w", encoding="utf-8", newline="") as stream:
        stream.write(HEAD)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["code", "name", "aliases", "census", "ambiguous"])
        for row in rows:
            code = row["code"]
            unsure = AMBIGUOUS.get(code, [])
            aliases = {*row["aliases"].split(";"), *names.get(code, []), *MORE.get(code, [])} - {
                "",
                row["name"],
                *unsure,
            }
            writer.writerow(
                [code, row["name"], ";".join(sorted(aliases)), ";".join(codes.get(code, [])), ";".join(unsure)]
            )
    print(f"countries.csv: {len(rows)} countries, {sum(map(len, codes.values()))} Schedule C codes")


if __name__ == "__main__":
    main()
