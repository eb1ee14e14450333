"""Files in, validated incidents and a quarantine out: readers, column mapping, validation."""
