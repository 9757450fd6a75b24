//! What answers to earlier questions say about later ones.
//!
//! `clone(flags=1, tls=2) clone(flags=1, tls=3)` asks for `flags` once: where the first rule fails
//! because of `tls`, the answer about `flags` is known. Each pair of questions about one word is looked
//! at once: an answer to one confines the word to a [`Range`], and that may answer the other.

use std::collections::HashMap;

use crate::conditions::question::{Predicate, Question};
use crate::graph::Comparison;

/// Only so many different questions are kept in mind, the first ones; later ones are always asked.
/// More of them occur in long lists of values of one word, where inference gains nothing but the
/// knowledge of the upper half, which is asked for first.
const MAX_QUESTIONS: usize = 128;

/// What is known about the questions of a decision, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Answers {
    known: u128,
    /// The answers; zero where nothing is known, so that equal knowledge is equal.
    yes: u128,
}

/// The questions of a decision and how they hang together.
#[derive(Default)]
pub(super) struct Inference {
    ids: HashMap<Question, usize>,
    /// Per question and answer (`false` first), what that says about all questions.
    implied: Vec<[Answers; 2]>,
    /// Per rule and condition: the questions asked from there on.
    still_asked: Vec<Vec<u128>>,
}

impl Inference {
    /// Inference for these conditions, per rule. The default is one that never knows anything.
    pub(super) fn new(predicates: &[Vec<Predicate>]) -> Self {
        let mut ids = HashMap::new();
        let mut questions = Vec::new();
        for step in predicates
            .iter()
            .flatten()
            .flat_map(|predicate| predicate.steps.iter().rev())
        {
            if questions.len() < MAX_QUESTIONS && !ids.contains_key(&step.question) {
                ids.insert(step.question, questions.len());
                questions.push(step.question);
            }
        }
        let mut later = 0;
        let mut still_asked: Vec<Vec<u128>> = Vec::new();
        for conditions in predicates.iter().rev() {
            let mut of_rule = Vec::new();
            for predicate in conditions.iter().rev() {
                let asked = predicate
                    .steps
                    .iter()
                    .filter_map(|step| ids.get(&step.question));
                later |= asked.fold(0, |bits, id| bits | 1 << id);
                of_rule.push(later);
            }
            of_rule.reverse();
            still_asked.push(of_rule);
        }
        still_asked.reverse();
        let implied = questions
            .iter()
            .map(|known| [false, true].map(|answer| implications(known, answer, &questions)))
            .collect();
        Self {
            ids,
            implied,
            still_asked,
        }
    }

    /// Whether there is anything that could ever be known.
    pub(super) fn is_active(&self) -> bool {
        !self.implied.is_empty()
    }

    /// The answer to a question, if it is known.
    pub(super) fn answer(&self, answers: Answers, question: &Question) -> Option<bool> {
        let bit = 1 << self.ids.get(question)?;
        (answers.known & bit != 0).then_some(answers.yes & bit != 0)
    }

    /// What is known after an answer.
    pub(super) fn learn(&self, answers: Answers, question: &Question, answer: bool) -> Answers {
        let Some(&id) = self.ids.get(question) else {
            return answers;
        };
        let implied = self.implied[id][usize::from(answer)];
        Answers {
            known: answers.known | implied.known,
            yes: answers.yes & !implied.known | implied.yes,
        }
    }

    /// What is left without the questions that are not asked again from this condition of this rule
    /// on.
    pub(super) fn forget(&self, answers: Answers, rule: usize, condition: usize) -> Answers {
        let of_rule = self.still_asked.get(rule);
        let asked = of_rule.and_then(|conditions| conditions.get(condition));
        let asked = asked.copied().unwrap_or_default();
        Answers {
            known: answers.known & asked,
            yes: answers.yes & asked,
        }
    }
}

fn implications(known: &Question, answer: bool, questions: &[Question]) -> Answers {
    let mut answers = Answers::default();
    for (id, asked) in questions.iter().enumerate() {
        if let Some(implied) = implied(known, answer, asked) {
            answers.known |= 1 << id;
            answers.yes |= u128::from(implied) << id;
        }
    }
    answers
}

/// The values that a word can have: a range, with some bits given. It may contain more.
struct Range {
    low: u32,
    high: u32,
    places: u32,
    bits: u32,
}

impl Range {
    /// The values for which `question` has this answer.
    fn of(question: &Question, answer: bool) -> Option<Self> {
        let Question {
            word,
            comparison,
            k,
        } = *question;
        let mut range = Self {
            low: 0,
            high: u32::MAX,
            places: 0,
            bits: 0,
        };
        match (comparison, answer) {
            (Comparison::Equal, true) => {
                range.places = word.mask;
                range.bits = k;
            }
            (Comparison::AtLeast, true) => range.low = k,
            (Comparison::AtLeast, false) if word.mask == u32::MAX => {
                range.high = k.checked_sub(1)?;
            }
            (Comparison::AnyBit, false) => range.places = k,
            (Comparison::AnyBit, true) if k.is_power_of_two() => {
                range.places = k;
                range.bits = k;
            }
            _ => {}
        }
        range.low = range.low.max(range.bits);
        range.high = range.high.min(range.bits | !range.places);
        Some(range)
    }
}

/// What an answer to `known` says about `asked`.
fn implied(known: &Question, answer: bool, asked: &Question) -> Option<bool> {
    if known == asked {
        return Some(answer);
    }
    if known.word.offset != asked.word.offset {
        return None;
    }
    let Range {
        low,
        high,
        places,
        bits,
    } = Range::of(known, answer)?;
    let Question {
        word,
        comparison,
        k,
    } = *asked;
    let known_places = places & word.mask;
    match comparison {
        Comparison::Equal => {
            let differs = (bits ^ k) & known_places != 0;
            let outside = word.mask == u32::MAX && !(low..=high).contains(&k);
            if differs || outside {
                Some(false)
            } else {
                (known_places == word.mask).then_some(true)
            }
        }
        Comparison::AtLeast => {
            let least = if word.mask == u32::MAX {
                low
            } else {
                bits & word.mask
            };
            let most = if word.mask == u32::MAX {
                high
            } else {
                (bits | !places) & word.mask
            };
            if least >= k {
                Some(true)
            } else {
                (most < k).then_some(false)
            }
        }
        Comparison::AnyBit => {
            let some_bit = known.comparison == Comparison::AnyBit && answer && known.k & !k == 0;
            if bits & k != 0 || some_bit {
                Some(true)
            } else {
                (k & !places == 0 || high < k & k.wrapping_neg()).then_some(false)
            }
        }
    }
}
