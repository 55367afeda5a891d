"""Papers as PDF: typeface, layout, structure for screen readers, QR."""
