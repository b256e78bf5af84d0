"""KEEP, resources 保障. What stands ready: facilities with their rooms and beds, crews, items, stock, vehicles."""
