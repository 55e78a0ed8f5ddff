"""A line on which each program charges, or prohibits: by these the property tests reach and surround every program."""

from __future__ import annotations

from typing import Any

from tests.conftest import TOY

Json = dict[str, Any]
BATTERY, SCREW, CELL = "8507.60.0090", "7318.15.2065", "8541.42.0010"

CHARGED: dict[str, Json] = {
    "us-122": {"hts": TOY, "origin": "VN", "entered_at": "2026-03-01"},
    "us-201-quartz": {"hts": "6810.99.0020", "origin": "IN", "entered_at": "2026-09-01"},
    "us-201-solar": {"hts": "8541.43.0010", "origin": "CN", "entered_at": "2025-06-01"},
    "us-201-washers": {
        "hts": "8450.20.0040",
        "origin": "KR",
        "entered_at": "2020-06-01",
        "scope": ["large-residential-washer"],
    },
    "us-232-aluminum": {"hts": "7601.10.3000", "origin": "RU", "entered_at": "2026-09-01"},
    "us-232-auto-parts": {"hts": "8708.29.5160", "origin": "DE", "entered_at": "2025-10-01"},
    "us-232-autos": {"hts": "8703.23.0190", "origin": "JP", "entered_at": "2026-01-15"},
    "us-232-copper": {"hts": "7408.11.3000", "origin": "CL", "entered_at": "2025-09-01"},
    "us-232-drones": {"hts": "8806.22.0000", "origin": "CN", "entered_at": "2026-10-01"},
    "us-232-metals": {"hts": SCREW, "origin": "TW", "entered_at": "2026-05-01"},
    "us-232-pharma": {
        "hts": "2918.99.3000",
        "origin": "IE",
        "entered_at": "2026-10-15",
        "scope": ["patented-drug"],
    },
    "us-232-polysilicon": {"hts": CELL, "origin": "VN", "entered_at": "2026-12-05"},
    "us-232-polysilicon-price": {"hts": CELL, "origin": "JP", "entered_at": "2026-12-05"},
    "us-232-semiconductors": {
        "hts": "8471.50.0150",
        "origin": "TW",
        "entered_at": "2026-02-10",
        "facts": {"chip_tpp": "15000", "chip_dram_bandwidth": "4800"},
    },
    "us-232-steel": {"hts": "7208.51.0030", "origin": "KR", "entered_at": "2025-05-01"},
    "us-232-trucks": {"hts": "8701.21.0080", "origin": "JP", "entered_at": "2025-12-01"},
    "us-232-wood": {"hts": "9403.40.9060", "origin": "VN", "entered_at": "2027-02-01"},
    "us-301-brazil": {"hts": TOY, "origin": "BR", "entered_at": "2026-11-01"},
    "us-301-china": {"hts": BATTERY, "origin": "CN", "entered_at": "2026-11-22"},
    "us-301-forced-labor": {"hts": TOY, "origin": "IT", "entered_at": "2026-08-01"},
    "us-301-japan": {"hts": "4107.11.6010", "origin": "JP", "entered_at": "2025-10-10"},
    "us-301-maritime": {
        "hts": "8716.39.0090",
        "origin": "CN",
        "entered_at": "2026-11-12",
        "scope": ["intermodal-chassis"],
    },
    "us-301-nicaragua": {"hts": TOY, "origin": "NI", "entered_at": "2027-02-01"},
    "us-338-canada": {"hts": TOY, "origin": "CA", "entered_at": "2026-11-01"},
    "us-338-exclusion": {"hts": "8711.50.0060", "origin": "CA", "entered_at": "2026-10-10"},
    "us-brazil-ieepa": {"hts": TOY, "origin": "BR", "entered_at": "2025-09-01"},
    "us-column2-russia": {"hts": "2501.00.0000", "origin": "RU", "entered_at": "2025-03-01"},
    "us-fentanyl-canada": {"hts": TOY, "origin": "CA", "entered_at": "2025-05-01"},
    "us-fentanyl-china": {"hts": TOY, "origin": "HK", "entered_at": "2025-05-01"},
    "us-fentanyl-mexico": {"hts": TOY, "origin": "MX", "entered_at": "2025-05-01"},
    "us-india-ieepa": {"hts": TOY, "origin": "IN", "entered_at": "2025-09-01"},
    "us-postal": {"hts": TOY, "origin": "CN", "entered_at": "2025-06-01", "transport": "mail", "value": "100"},
    "us-postal-122": {"hts": TOY, "origin": "PL", "entered_at": "2026-03-01", "transport": "mail", "value": "100"},
    "us-reciprocal": {"hts": TOY, "origin": "VN", "entered_at": "2025-09-01"},
}
