"""The refund desk: what was paid under duties since struck down, and how to get it back in time.

Read the reports (:mod:`.read`), find what was paid under which authority and hold it against the law (:mod:`.paid`), put every
entry into one bucket with its deadline (:mod:`.desk`), count the interest (:mod:`.interest`), write the files (:mod:`.hand_in`,
:mod:`.out`), and hold the refunds that come against them (:mod:`.reconcile`). From reports to a desk in one call:
:func:`tidewaiter.refunds.run.run`.
"""
