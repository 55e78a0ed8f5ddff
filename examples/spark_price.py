"""Price a file of lines on Apache Spark: ``spark-submit examples/spark_price.py lines.parquet answers``.

``--help`` after the script's name lists the options; docs/spark.md says how to run it on a cluster.
"""

import sys

from tidewaiter.spark_job import main

sys.exit(main())
