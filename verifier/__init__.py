"""Can this document be believed, and what does it entitle to?"""
