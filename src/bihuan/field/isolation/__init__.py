"""MEET, the phone: those in isolation whom I look after: today's checks in two taps, what they need, what is to be brought."""
