"""What no script can measure: what each model is for, who answers for it, and what a wrong output would do."""

CARDS = {
    "iris-forest": {
        "title": "Iris species from four measurements",
        "owner": "botany-teaching",
        "contact": "botany-teaching@example.com",
        "risk": {
            "decision": "informational",
            "affects": "nobody",
            "consequence": "negligible",
            "reversible": True,
            "personalData": False,
        },
        "intendedUse": {
            "purpose": "Name the species of an iris flower in an introductory course.",
            "users": ["students", "teachers"],
            "outOfScope": ["Species other than setosa, versicolor and virginica", "Field identification"],
        },
    },
    "digits-mlp": {
        "title": "Handwritten digit from an 8×8 image",
        "owner": "document-intake",
        "contact": "document-intake@example.com",
        "risk": {
            "decision": "advisory",
            "affects": "business",
            "consequence": "negligible",
            "reversible": True,
            "personalData": False,
        },
        "intendedUse": {
            "purpose": "Suggest the digit in one box of a paper form; a clerk confirms each field.",
            "users": ["back-office clerks"],
            "outOfScope": ["Signatures", "Amounts that nobody confirms", "Letters"],
        },
    },
    "wine-logreg": {
        "title": "Cultivar from a chemical analysis of wine",
        "owner": "quality-lab",
        "contact": "quality-lab@example.com",
        "risk": {
            "decision": "automated",
            "affects": "business",
            "consequence": "moderate",
            "reversible": True,
            "personalData": False,
        },
        "intendedUse": {
            "purpose": "Route a sample to the cultivar's inspection line; a wrongly routed sample is analysed again.",
            "users": ["laboratory automation"],
            "outOfScope": ["Proof of origin", "Wines from outside the three cultivars of one Italian region"],
        },
    },
    "breast-cancer-net": {
        "title": "Malignant or benign from a fine-needle aspirate",
        "owner": "clinical-decision-support",
        "contact": "clinical-decision-support@example.com",
        "risk": {
            "decision": "advisory",
            "affects": "individuals",
            "consequence": "severe",
            "reversible": False,
            "personalData": True,
        },
        "intendedUse": {
            "purpose": "Give a pathologist a second opinion on a breast mass from measurements of cell nuclei.",
            "users": ["pathologists"],
            "outOfScope": ["Diagnosis without a pathologist", "Screening", "Images from other preparation methods"],
        },
    },
    "diabetes-ridge": {
        "title": "Diabetes progression after one year, linear",
        "owner": "outpatient-planning",
        "contact": "outpatient-planning@example.com",
        "risk": {
            "decision": "advisory",
            "affects": "individuals",
            "consequence": "moderate",
            "reversible": True,
            "personalData": True,
        },
        "intendedUse": {
            "purpose": "Propose an order in which patients are invited to a follow-up; a nurse decides.",
            "users": ["outpatient nurses"],
            "outOfScope": ["Choice of treatment", "Insurance", "Patients under 18"],
        },
    },
}

CARDS["diabetes-boost"] = {**CARDS["diabetes-ridge"], "title": "Diabetes progression after one year, boosted trees"}
