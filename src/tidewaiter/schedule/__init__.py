"""The base schedule: tariff numbers, editions, duty expressions.

``tidewaiter.schedule.store.Schedule`` answers which line a number is at an instant and what its rates say;
``tidewaiter.schedule.expressions.parse`` turns the text of a rate into an expression that computes and says itself.
Source: Harmonized Tariff Schedule of the United States, JSON export of the US International Trade Commission.
"""
