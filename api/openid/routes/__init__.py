"""HTTP for wallets, pages and the issuer's console; no rule and no SQL stands here."""
