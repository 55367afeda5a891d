"""The youth-allowance demonstration: ten applicants, every outcome, no paper."""
