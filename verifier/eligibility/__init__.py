"""What a verified set of claims entitles to: dated rules, three-valued findings, proposals."""
