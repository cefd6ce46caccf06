"""What a run leaves behind: records, metrics computed from them, and the result files.

Here are the recorder and the reader of traces, the metrics of a trial (RFC 6412 and RFC 7747
terms), the rows of a campaign (`results.py`), their summary (`summary.py`) and the assertions on
it (`assertion.py`). Drawing and printing are not here: `report` reads the result files.

To add a metric, do: compute it in `metrics.py`, give it a field in `results.Row` at the end of
its kind, and a line in the report's glossary.
"""
