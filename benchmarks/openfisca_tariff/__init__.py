"""The peer: United States import duties as percentages of the value, as a country package of OpenFisca.

Written as OpenFisca packages are: an entity, a tree of dated parameters, variables with vectorised formulas for one day.
It runs in an environment of its own (``requirements-bench.lock``) and knows nothing of Tidewaiter but the rates that
``benchmarks.openfisca_rates`` exported. What it leaves out: quantities, facts, special programs, fees, what was relieved and why.
"""
