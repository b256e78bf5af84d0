"""One file, one verb, one public function of that name."""
