/// Stands for attributes that pass on an inner `async fn main` with its attributes.
macro_rules! inner_main {
    ($(#[$attribute:meta])* async fn main() $body:block) => {
        fn main() {
            $(#[$attribute])*
            async fn main() $body
            drop(main());
        }
    };
}

inner_main! {
    #[syscallset::restrict("@basic-io")]
    async fn main() {}
}
