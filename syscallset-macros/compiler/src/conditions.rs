//! Code for what is decided about one call, its arguments included.
//!
//! A condition about up to 64 bits becomes a few *questions* about 32-bit words (`question`). Here the
//! rules of a decision are walked through, question by question, and become nodes of the program's
//! graph. What the code for the rest of a decision looks like depends on three things: the place in
//! the rules, what the accumulator holds, and what earlier answers imply about later questions
//! (`facts`). Places where all three agree share their code; nothing else is shared, so that no test
//! ever finds another word in the accumulator than it was written for.
//!
//! Answers are only carried along if the program gets shorter: they spare questions, but can also
//! keep code from being shared.

mod facts;
mod question;

use std::collections::HashMap;

use crate::action::Action;
use crate::conditions::facts::{Answers, Inference};
use crate::conditions::question::{Predicate, Question, Then, predicate};
use crate::graph::{Graph, NodeId, Word};
use crate::lowered::Decision;

/// With more states than this, answers are not carried along: rules whose questions are all about
/// different things could have a state for every combination of answers.
const MAX_STATES: usize = 2048;

/// Code for a decision. With `inferring`, questions are left out whose answers are known, unless that
/// takes too many states.
pub(crate) fn generate(
    graph: &mut Graph,
    decision: &Decision,
    big_endian: bool,
    inferring: bool,
) -> NodeId {
    let predicates: Vec<Vec<Predicate>> = decision
        .rules
        .iter()
        .map(|rule| {
            let conditions = rule.conditions.iter();
            conditions
                .map(|condition| predicate(condition, big_endian))
                .collect()
        })
        .collect();
    let inference = if inferring {
        Inference::new(&predicates)
    } else {
        Inference::default()
    };
    let writer = Writer {
        decision,
        predicates,
        inference,
    };
    writer.write(graph)
}

/// A place in the rules: a step of a condition of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place {
    rule: usize,
    condition: usize,
    step: usize,
}

/// What the rest of the code depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    /// All is known.
    Verdict(Action),
    /// A question is open.
    Open {
        place: Place,
        /// The word in the accumulator, if it is of use for the question.
        accumulator: Option<Word>,
        /// What is known about this and later questions.
        answers: Answers,
    },
}

struct Writer<'a> {
    decision: &'a Decision,
    /// Per rule, per condition.
    predicates: Vec<Vec<Predicate>>,
    inference: Inference,
}

impl Writer<'_> {
    /// Writes the code.
    fn write(mut self, graph: &mut Graph) -> NodeId {
        // Only ever asked for one key, so its order has no influence on the program.
        let mut nodes: HashMap<State, NodeId> = HashMap::new();
        let start = self.arrive(0, 0, None, None, Answers::default());
        // A state is written when those after it are. The stack takes the place of recursion, which
        // long lists of rules would drive too deep.
        let mut stack = vec![start];
        while let Some(state) = stack.pop() {
            if nodes.contains_key(&state) {
                continue;
            }
            if nodes.len() >= MAX_STATES && self.inference.is_active() {
                self.inference = Inference::default();
                return self.write(graph);
            }
            let node = match state {
                State::Verdict(action) => graph.ret(action.to_ret()),
                State::Open {
                    place,
                    accumulator,
                    answers,
                } => {
                    let question = self.question(place);
                    let yes = self.after(place, answers, true);
                    let no = self.after(place, answers, false);
                    let (Some(&yes), Some(&no)) = (nodes.get(&yes), nodes.get(&no)) else {
                        stack.extend([state, yes, no]);
                        continue;
                    };
                    // If the answer does not matter, this is what comes after it, but that may
                    // expect the word in the accumulator nevertheless.
                    let Question {
                        word,
                        comparison,
                        k,
                    } = question;
                    let test = graph.test(word, comparison, k, yes, no);
                    graph.supply(accumulator, test)
                }
            };
            nodes.insert(state, node);
        }
        // The start was the last state on the stack.
        nodes[&start]
    }

    fn question(&self, place: Place) -> Question {
        self.predicates[place.rule][place.condition].steps[place.step].question
    }

    /// The state after the question at `place` was answered.
    fn after(&self, place: Place, answers: Answers, answer: bool) -> State {
        let Place {
            rule,
            condition,
            step,
        } = place;
        let step = &self.predicates[rule][condition].steps[step];
        let answers = self.inference.learn(answers, &step.question, answer);
        let then = if answer { step.yes } else { step.no };
        self.arrive(
            rule,
            condition,
            Some(then),
            Some(step.question.word),
            answers,
        )
    }

    /// Goes on from `then`, or from the beginning of the condition, to the next open question.
    fn arrive(
        &self,
        mut rule: usize,
        mut condition: usize,
        mut then: Option<Then>,
        accumulator: Option<Word>,
        answers: Answers,
    ) -> State {
        loop {
            let Some(conditions) = self.predicates.get(rule) else {
                return State::Verdict(self.decision.otherwise);
            };
            let Some(predicate) = conditions.get(condition) else {
                return State::Verdict(self.decision.rules[rule].action);
            };
            match then.take().unwrap_or(predicate.entry) {
                Then::Holds => condition += 1,
                Then::Fails => (rule, condition) = (rule + 1, 0),
                Then::Step(index) => {
                    let step = &predicate.steps[index];
                    match self.inference.answer(answers, &step.question) {
                        Some(true) => then = Some(step.yes),
                        Some(false) => then = Some(step.no),
                        None => {
                            let word = step.question.word;
                            return State::Open {
                                place: Place {
                                    rule,
                                    condition,
                                    step: index,
                                },
                                accumulator: accumulator.filter(|&have| {
                                    have == word || have == Word::whole(word.offset)
                                }),
                                answers: self.inference.forget(answers, rule, condition),
                            };
                        }
                    }
                }
            }
        }
    }
}
