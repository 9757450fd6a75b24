//! What answers to earlier questions say about later ones.
//!
//! `clone(flags=1, tls=2) clone(flags=1, tls=3)` asks for `flags` once: where the first rule fails
//! because of `tls`, the answer about `flags` is known. Each pair of questions about one word is looked
//! at once: an answer to one confines the word to a [`Range`], and that may answer the other.

use std::collections::HashMap;

use crate::assemble::graph::Comparison;
use crate::conditions::question::{Predicate, Question};

/// What is known, per question of the decision. Without inference it is empty.
pub(super) type Answers = Vec<Option<bool>>;

/// The questions of a decision and how they hang together.
pub(super) struct Inference {
    ids: HashMap<Question, usize>,
    /// Per question and answer (`false` first): the questions it answers, and how.
    implied: Vec<[Vec<(usize, bool)>; 2]>,
    /// Per question: the last rule and condition that asks it.
    last_asked: Vec<(usize, usize)>,
}

impl Inference {
    /// Inference that never knows anything.
    pub(super) fn none() -> Self {
        Self {
            ids: HashMap::new(),
            implied: Vec::new(),
            last_asked: Vec::new(),
        }
    }

    /// Inference for these conditions, per rule.
    pub(super) fn new(predicates: &[Vec<Predicate>]) -> Self {
        let mut inference = Self::none();
        let mut questions = Vec::new();
        for (rule, conditions) in predicates.iter().enumerate() {
            for (condition, predicate) in conditions.iter().enumerate() {
                for step in &predicate.steps {
                    let id = *inference.ids.entry(step.question).or_insert_with(|| {
                        questions.push(step.question);
                        inference.last_asked.push((rule, condition));
                        questions.len() - 1
                    });
                    inference.last_asked[id] = (rule, condition);
                }
            }
        }
        inference.implied = questions
            .iter()
            .map(|known| {
                [false, true].map(|answer| {
                    let asked = questions.iter().enumerate();
                    asked
                        .filter_map(|(id, asked)| Some((id, implied(known, answer, asked)?)))
                        .collect()
                })
            })
            .collect();
        inference
    }

    /// No knowledge.
    pub(super) fn nothing(&self) -> Answers {
        vec![None; self.implied.len()]
    }

    /// The answer to a question, if it is known.
    pub(super) fn answer(&self, answers: &Answers, question: &Question) -> Option<bool> {
        answers.get(*self.ids.get(question)?).copied().flatten()
    }

    /// What is known after an answer.
    pub(super) fn learn(&self, answers: &Answers, question: &Question, answer: bool) -> Answers {
        let mut answers = answers.clone();
        if let Some(&id) = self.ids.get(question) {
            for &(other, implied) in &self.implied[id][usize::from(answer)] {
                answers[other] = Some(implied);
            }
        }
        answers
    }

    /// Drops what is not asked again from this condition of this rule on.
    pub(super) fn forget(&self, mut answers: Answers, rule: usize, condition: usize) -> Answers {
        for (answer, last_asked) in answers.iter_mut().zip(&self.last_asked) {
            if *last_asked < (rule, condition) {
                *answer = None;
            }
        }
        answers
    }
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
