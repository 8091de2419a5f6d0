"""What the project's pages share: figures as people read them, drawings, the look, and how a template
becomes bytes that are the same everywhere.
"""
