/**
 * A shop that keeps its jobs beside its tables. Read {@link shop.Purchases} first, then {@link
 * shop.Billing}; {@link shop.Jobs} puts Pawl in Spring's hands.
 */
package shop;
