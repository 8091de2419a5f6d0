"""The page of an audit: the report for people. `render` makes it of report.json and nothing else."""
