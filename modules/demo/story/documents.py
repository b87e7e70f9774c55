"""What is asked more than once in the story."""

ERRORS = "errors { code path message }"

CREATE_FAMILY = f"""mutation($input: CreateFamilyInput!) {{
  createFamily(input: $input) {{
    family {{ id memberCount head {{ otherNames lastName insuranceNumber }} }}
    {ERRORS}
  }}
}}"""

ADD_INSUREE = f"""mutation($input: AddInsureeInput!) {{
  addInsuree(input: $input) {{
    insuree {{
      otherNames birthDate
      policies {{ nodes {{ status value balance coveredInsurees {{ from to insuree {{ otherNames }} }} }} }}
    }}
    {ERRORS}
  }}
}}"""

ENROL = f"""mutation($input: EnrolPolicyInput!) {{
  enrolPolicy(input: $input) {{
    policy {{ id status value startsOn expiresOn }}
    {ERRORS}
  }}
}}"""

CONTRIBUTE = f"""mutation($input: RecordContributionInput!) {{
  recordContribution(input: $input) {{
    contribution {{
      amount receipt
      policy {{
        version status value balance effectiveOn expiresOn
        coveredInsurees {{ from to endedBy insuree {{ otherNames }} }}
      }}
    }}
    {ERRORS}
  }}
}}"""

ELIGIBILITY = """query($number: String!) {
  eligibility(insuranceNumber: $number) {
    covered reason
    insuree { otherNames lastName birthDate }
    policy { product { name } expiresOn status }
    remaining { ceiling }
  }
}"""

CREATE_CLAIM = f"""mutation($input: CreateClaimInput!) {{
  createClaim(input: $input) {{
    claim {{ id version code status claimed healthFacility {{ name }} mainDiagnosis {{ name }} }}
    {ERRORS}
  }}
}}"""

SUBMIT = """mutation($input: SubmitClaimsInput!) {
  submitClaims(input: $input) {
    results {
      claim {
        version status approved findings { message }
        items { lineNo status rejectionReason priceAsked priceAdjusted item { name } findings { message } }
        services { lineNo status rejectionReason service { name } findings { message } }
      }
      errors { code path message }
    }
    errors { code path message }
  }
}"""

CONFIRM = f"""mutation($input: ConfirmBatchRunInput!) {{
  confirmBatchRun(input: $input) {{
    batchRun {{ status amountToPay }}
    {ERRORS}
  }}
}}"""

PAY = f"""mutation($input: RecordFacilityPaymentInput!) {{
  recordFacilityPayment(input: $input) {{
    facilityPayment {{ amount paidOn reference }}
    {ERRORS}
  }}
}}"""
