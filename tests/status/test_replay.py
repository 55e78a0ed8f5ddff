"""The replay: what a reader of the first days of June 2025 could know, line by line, each with the act that says so.

The picture is that of the news reports of 1 and 2 June 2025 which cite Fox News and the Financial Times for the Treasury
Secretary and the BBC for the courts; each expectation has the text it rests on beside it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from tidewaiter.ledger.regime import Regime
from tidewaiter.status.render import as_text
from tidewaiter.status.report import HeadlineRate, MatterStatus, Stand, Status
from tidewaiter.status.status import status


@cache
def seen(known_on: str, on: str, scenario: str = "law") -> Status:
    return status(Regime.load(known_on, scenario), date.fromisoformat(on))


def then() -> Status:
    return seen("2025-06-02", "2025-06-02")


def rate(found: Status, into: str) -> HeadlineRate:
    (one,) = [one for one in found.rates if one.into == into]
    return one


def matter(found: Status, name: str) -> MatterStatus:
    (one,) = [one for one in found.matters if one.matter.id == name]
    return one


def told(stand: Stand) -> tuple[str, str, str]:
    """The word, the day from which it holds, and the act."""
    return stand.standing.word, stand.as_json("2025-06-02")["from"][:10], stand.act.id


def text(found: Status) -> str:
    """As one line, so that the breaks of the screen do not matter."""
    return " ".join(" ".join(as_text(found, 120)).split())


# Rates.


def test_us_on_china_30_percent_145_before_the_truce() -> None:
    """EO 14228 (20%), EO 14257 (10%), EO 14298 (the rest suspended); before: EO 14266 (125%) and EO 14228."""
    found = rate(then(), "US")
    assert (found.origin, found.rate, found.history[-1].start.as_json()) == (
        "CN",
        Decimal("0.3"),
        "2025-05-14T00:01:00-04:00",
    )
    assert [(part.rate, part.heading, [act.id for act in part.acts]) for part in found.made_of] == [
        (Decimal("0.2"), "9903.01.24", ["us-eo-14228"]),
        (Decimal("0.1"), "9903.01.25", ["us-eo-14257"]),
    ]
    assert found.before_truce is not None
    assert found.before_truce.rate == Decimal("1.45")
    assert "United States on China: 30%, since 14 May 2025; 145% before the truce" in text(then())


def test_china_on_the_us_10_percent_125_before_the_truce() -> None:
    """Tariff Commission Announcement No. 4 of 2025 (34%, 24 points of it suspended); before: No. 6 of 2025 (125%)."""
    found = rate(then(), "CN")
    assert (found.origin, found.rate) == ("US", Decimal("0.1"))
    assert found.history[-1].start.as_json() == "2025-05-14T12:01:00+08:00"
    assert found.before_truce is not None
    assert found.before_truce.rate == Decimal("1.25")


# The truce.


def test_agreed_at_geneva_on_12_may_for_90_days_ending_on_12_august() -> None:
    """Joint Statement of 12 May 2025; EO 14298, section 2."""
    geneva = [act for act in matter(then(), "talks:us-china").events if act.id == "us-joint-statement-geneva"]
    assert [act.announced for act in geneva] == ["2025-05-12"]
    truce = matter(then(), "truce:us-china").stand
    assert told(truce) == ("in force", "2025-05-14", "us-eo-14298")
    assert truce.as_json("2025-06-02")["until"] == "2025-08-12T00:01:00-04:00"
    (suspended,) = rate(then(), "US").suspended
    assert (suspended.heading, suspended.rate, suspended.until.day, suspended.act.id) == (
        "9903.01.63",
        "34%",
        "2025-08-12",
        "us-eo-14298",
    )
    said = text(then())
    assert "in force since 14 May 2025 until 12 August 2025 (in 71 days) [EO 14298, 90 FR 20831]" in said
    assert "12 May 2025, talks: agreed: at Geneva: both sides suspend 24 points for 90 days" in said
    assert "if it lapses: United States on China 54%" in said


# The talks.


def test_talks_stalled_the_two_presidents_may_need_to_speak() -> None:
    """Treasury Secretary Bessent on Fox News, Special Report, 29 May 2025 (Reuters of 30 May)."""
    talks = matter(then(), "talks:us-china")
    assert told(talks.latest) == ("stalled", "2025-05-29", "us-press-2025-05-29-bessent")
    assert talks.latest.act.confidence == "reported"
    assert talks.latest.act.sources
    upcoming = [one.what for one, _ in talks.latest.next("2025-06-02")]
    assert upcoming == ["more talks, expected in the coming weeks", "a call of the two presidents, at some point"]
    assert "the two presidents, Trump and Xi, may need to speak [Treasury Secretary Scott Bessent, Fox News" in text(
        then()
    )


def test_chinas_president_on_unilateral_conduct_at_the_celac_forum_of_that_week() -> None:
    """Speech at the fourth ministerial meeting of the China-CELAC Forum, Beijing, 13 May 2025."""
    (speech,) = [act for act in matter(then(), "talks:us-china").events if act.id == "cn-celac-2025-05-13"]
    assert (speech.by, speech.kind, speech.announced) == ("CN", "statement", "2025-05-13")
    said = text(then())
    assert "13 May 2025, statement: China's President speaks against unilateralism and bullying" in said
    assert "China-CELAC Forum, Beijing, 13 May 2025, reported]" in said


def test_the_call_of_5_june_is_not_known_three_days_before() -> None:
    """It came true on 5 June: told from that day on."""
    assert told(matter(seen("2025-06-05", "2025-06-05"), "talks:us-china").latest)[2] == "us-call-2025-06-05"
    assert "us-call-2025-06-05" not in str(then().as_json())


# Chips.


def test_the_us_campaign_against_chinese_ai_chips_huaweis_in_particular() -> None:
    """Bureau of Industry and Security, guidance on General Prohibition 10, 13 May 2025."""
    guidance = matter(then(), "control:us-huawei-ascend").stand
    assert told(guidance) == ("in force", "2025-05-13", "us-bis-2025-05-13-huawei")
    said = text(then())
    assert "US campaign against Chinese AI chips, Huawei's in particular: in force since 13 May 2025" in said
    assert "[BIS guidance on General Prohibition 10 of 13 May 2025 (15 CFR 736.2(b)(10)), reported]" in said


# The deal with the United Kingdom.


def test_the_us_uk_deal_of_8_may_and_chinas_objection() -> None:
    """General Terms of 8 May 2025, paragraphs 1(c), 1(d), 4; Foreign Ministry spokesman, 14 May 2025."""
    deal = matter(then(), "deal:us-uk")
    assert told(deal.stand) == ("agreed", "2025-05-08", "us-deal-uk-general-terms")
    assert "supply chains" in deal.matter.bears
    assert [act.id for act in deal.events if act.by == "CN"] == ["cn-fm-2025-05-14-us-uk-deal"]
    said = text(then())
    assert "US-UK Economic Prosperity Deal: agreed on 8 May 2025" in said
    assert (
        "may shut Chinese products out of British supply chains: agreements should not target or harm a third party"
        in said
    )


# The courts.


def test_the_trade_court_ruled_on_28_may_stayed_on_29_may_next_date_5_june() -> None:
    """CIT Slip Op. 25-66; Fed. Cir. Nos. 2025-1812 and -1813, order of 29 May 2025.

    No hearing of 5 June was found in any source: the order gave the plaintiffs until then to respond.
    """
    case = matter(then(), "case:ieepa")
    assert told(case.stand) == ("stayed", "2025-05-29", "us-cafc-25-1812-administrative-stay")
    assert [one.day for one, _ in case.stand.next("2025-06-02")] == ["2025-06-05"]
    ruling = next(act for act in case.events if act.id == "us-cit-25-66")
    assert ruling.announced == "2025-05-28"
    said = text(then())
    assert "28 May 2025, ruling: ruled: the emergency tariffs held unlawful" in said
    assert "next: 5 June 2025 (in 3 days), the plaintiffs' response is due" in said


def test_the_stay_means_that_the_tariffs_are_owed() -> None:
    """The judgment is stayed: nothing of the 30 percent is void as known on 2 June; on 28 May all of it was."""
    instant = rate(then(), "US").history[-1].start.instant
    headings = ("us/9903.01.24", "us/9903.01.25")
    assert [Regime.load("2025-05-28").void(key, instant) is not None for key in headings] == [True, True]
    assert [Regime.load("2025-06-02").void(key, instant) for key in headings] == [None, None]


# The lapse, as the law then stood.


def test_seen_from_2_june_the_truce_lapses_on_12_august() -> None:
    """EO 14298: after the 90 days the 34% of EO 14257 is back in place of the 10%: with fentanyl 54%."""
    found = seen("2025-06-02", "2025-08-13")
    us = rate(found, "US")
    assert us.rate == Decimal("0.54")
    assert us.history[-1].start.as_json() == "2025-08-12T00:01:00-04:00"
    assert [(part.rate, part.heading) for part in us.made_of] == [
        (Decimal("0.2"), "9903.01.24"),
        (Decimal("0.34"), "9903.01.63"),
    ]
    truce = matter(found, "truce:us-china").stand
    assert truce.standing.word == "lapsed"
    assert truce.ran_out is not None
    assert truce.ran_out.id == "us-eo-14298"
    said = text(found)
    assert "United States on China: 54%, since 12 August 2025; 30% before that; 145% before the truce" in said
    assert "Tariff truce: lapsed since 12 August 2025" in said
    assert "stayed since 29 May 2025" in said  # news stops on the day of knowledge
    assert "due on 5 June 2025, no later act known" in said
    assert "13 August 2025 lies ahead of what is known: this is the law as written on 2 June 2025" in said


def test_seen_from_2_june_chinas_34_percent_is_back_on_12_august() -> None:
    """Announcement No. 4 of 2025 when the suspension of 13 May 2025 ends."""
    found = rate(seen("2025-06-02", "2025-08-13"), "CN")
    assert found.rate == Decimal("0.34")


def test_what_a_lapse_brings_is_told_country_by_country() -> None:
    """12 August 2025: 00:01 in Washington (EO 14298) is 12:01 in Beijing (Announcement of 13 May 2025): one instant, two laws."""
    coming = {one.what.partition(":")[0]: one for one in then().ahead if one.what.startswith("headline rate")}
    us, china = (coming[f"headline rate of {side}"] for side in ("United States on China", "China on United States"))
    assert us.at.instant == china.at.instant
    assert "30% becomes 54% (9903.01.63" in us.what
    assert "TC2025-4" not in us.what
    assert [act.id for act in us.acts] == ["us-eo-14298"]
    assert "10% becomes 34% (TC2025-4" in china.what
    assert "9903.01.63" not in china.what
    assert [act.id for act in china.acts] == ["cn-tc-2025-7"]


def test_the_truce_is_told_with_chinas_act() -> None:
    """Announcement of the State Council Tariff Commission of 13 May 2025."""
    truce = matter(then(), "truce:us-china")
    assert [act.id for act in truce.events if act.by == "CN"] == ["cn-tc-2025-7"]
    said = text(then())
    assert "if it lapses: China on United States 34%" in said
    assert "13 May 2025, announcement: After Geneva" in said


def test_with_hindsight_it_did_not_lapse() -> None:
    """Joint Statement of 11 August 2025; EO 14334."""
    found = seen("2025-08-13", "2025-08-13")
    assert rate(found, "US").rate == Decimal("0.3")
    assert told(matter(found, "truce:us-china").stand) == ("extended", "2025-08-12", "us-eo-14334")
