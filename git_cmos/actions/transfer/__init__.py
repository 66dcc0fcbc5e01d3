"""Import and export: what other tools and other clones wrote, and what they can read.

files -> readers -> records (what the sources say) -> plan (dated happenings, pure) -> the journal
"""
