"""BGP-4 (RFC 4271) with what has come since: sessions, tables, and who is told what."""
