"""推送: what others told us: lists and their rows, never edited."""
