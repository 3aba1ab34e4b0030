//! The words of the past: who deployed, and what they said had changed.

use crate::chance::Stream;

const PEOPLE: [&str; 8] = ["amara", "li", "jonas", "priya", "mateo", "noor", "ingrid", "tomasz"];

const CHANGELOG: [&str; 36] = [
    "Retry the payment provider once on a timeout",
    "Show delivery dates in the customer's time zone",
    "Cache exchange rates for five minutes",
    "Upgrade the HTTP client and drop two workarounds",
    "Round tax per line instead of per order",
    "Remove the old address form",
    "Log the idempotency key of every payment",
    "Add an index for open orders by customer",
    "Send the receipt only after the payment is settled",
    "Move image resizing out of the request",
    "Accept vouchers with a start date",
    "Fix a race when two baskets are merged",
    "Shorten the session cookie",
    "Read stock levels from the replica",
    "Validate postal codes for Portugal and Ireland",
    "Stop polling for shipment status while the tab is hidden",
    "Batch writes to the audit table",
    "Limit the size of uploaded documents to 10 MB",
    "Translate the error page",
    "Measure queue time separately from work time",
    "Use the new fraud score for orders above 200",
    "Drop support for the first version of the partner API",
    "Answer 409 instead of 500 when an order was already paid",
    "Split the order export into pages",
    "Warm the connection pool before reporting ready",
    "Replace the hand-written CSV reader",
    "Keep guest baskets for 30 days",
    "Fix the total when a gift card covers everything",
    "Rename customer_ref to customer_id in internal events",
    "Compress responses above 4 kB",
    "Hide sold-out variants from search",
    "Refund in the currency of the payment",
    "Add a dry run to the nightly clean-up",
    "Make the health check look at the database",
    "Reduce the memory of the recommendation cache",
    "Escape product names in mails",
];

const FLAGS: [&str; 8] = [
    "new-basket",
    "fraud-score-v2",
    "async-receipts",
    "stock-from-replica",
    "split-shipments",
    "guest-checkout",
    "search-variants",
    "voucher-dates",
];

/// Whoever deploys: mostly a pipeline, sometimes a person.
pub(super) fn actor(chance: &mut Stream) -> String {
    if chance.once_in(3) { person(chance) } else { "deploy-pipeline".to_owned() }
}

/// A person.
pub(super) fn person(chance: &mut Stream) -> String {
    pick(chance, &PEOPLE).to_owned()
}

/// One to three lines.
pub(super) fn changelog(chance: &mut Stream) -> String {
    let lines = chance.between(1, 3);
    let start = chance.below(CHANGELOG.len() as u64);
    let line = |n: u64| {
        let index = usize::try_from((start + n * 7) % CHANGELOG.len() as u64).unwrap_or(0);
        CHANGELOG[index]
    };
    (0..lines).map(line).collect::<Vec<_>>().join("\n")
}

/// The name of a flag.
pub(super) fn flag(chance: &mut Stream) -> &'static str {
    pick(chance, &FLAGS)
}

fn pick(chance: &mut Stream, from: &[&'static str]) -> &'static str {
    let index = usize::try_from(chance.below(from.len() as u64)).unwrap_or(0);
    from[index]
}
