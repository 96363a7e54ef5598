"""What the files of the WIOD 2013 release have in common."""

from __future__ import annotations

__all__ = ["CATEGORIES", "SECTORS", "SECTOR_NAMES"]

# Final demand: households, non-profit institutions serving households, government, gross fixed
# capital formation, changes in inventories and valuables.
CATEGORIES = ("c37", "c38", "c39", "c41", "c42")

SECTOR_NAMES = (
    "Agriculture, Hunting, Forestry and Fishing",
    "Mining and Quarrying",
    "Food, Beverages and Tobacco",
    "Textiles and Textile Products",
    "Leather, Leather and Footwear",
    "Wood and Products of Wood and Cork",
    "Pulp, Paper, Paper , Printing and Publishing",
    "Coke, Refined Petroleum and Nuclear Fuel",
    "Chemicals and Chemical Products",
    "Rubber and Plastics",
    "Other Non-Metallic Mineral",
    "Basic Metals and Fabricated Metal",
    "Machinery, Nec",
    "Electrical and Optical Equipment",
    "Transport Equipment",
    "Manufacturing, Nec; Recycling",
    "Electricity, Gas and Water Supply",
    "Construction",
    "Sale, Maintenance and Repair of Motor Vehicles and Motorcycles; Retail Sale of Fuel",
    "Wholesale Trade and Commission Trade, Except of Motor Vehicles and Motorcycles",
    "Retail Trade, Except of Motor Vehicles and Motorcycles; Repair of Household Goods",
    "Hotels and Restaurants",
    "Inland Transport",
    "Water Transport",
    "Air Transport",
    "Other Supporting and Auxiliary Transport Activities; Activities of Travel Agencies",
    "Post and Telecommunications",
    "Financial Intermediation",
    "Real Estate Activities",
    "Renting of M&Eq and Other Business Activities",
    "Public Admin and Defence; Compulsory Social Security",
    "Education",
    "Health and Social Work",
    "Other Community, Social and Personal Services",
    "Private Households with Employed Persons",
)

SECTORS = tuple(f"c{number}" for number in range(1, len(SECTOR_NAMES) + 1))
