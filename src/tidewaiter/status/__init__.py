"""The state of the trade war on a day, as known on a day: rates, truce, talks, courts, controls, deals, what lies ahead."""
