"""Many lines: the same law compiled into tables, and a kernel that prices whole columns with integers."""
