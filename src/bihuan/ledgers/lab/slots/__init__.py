"""Who is asked to come to which table when: plans of slots, previewed, confirmed, changed, followed up."""
